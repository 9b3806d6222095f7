package postmortem

import (
	"runtime"

	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
)

// What is on its way from the goroutine that reads to the one that tracks: so
// many batches of so many segments, which are used again and again. One goroutine
// wakes the other for each, and that takes as long as tracking a hundred segments.
const (
	batches   = 6
	batchSize = 1024
	givenBack = batches / 2 // at a time, unless there is nothing else to do
)

// follow hands the segments of all packets to a tracker, and returns what ended
// that: io.EOF, or another error of next. Reading goes on in another goroutine,
// which has ended when follow returns, unless there is but one processor.
func (m *merged) follow(t *survey.Tracker) error {
	if runtime.GOMAXPROCS(0) == 1 {
		return m.followAlone(t)
	}
	empty, full := make(chan []survey.Segment, batches), make(chan []survey.Segment, batches)
	for range batches {
		empty <- make([]survey.Segment, 0, batchSize)
	}
	var frames survey.Frames
	var err error
	go func() {
		defer close(full)
		for err == nil {
			batch := <-empty
			batch, err = m.fill(t, &frames, batch)
			full <- batch
			t.Prepare(provide)
		}
	}()
	var done [][]survey.Segment
	for batch := range full {
		t.AddAll(batch)
		if done = append(done, batch); len(done) < givenBack && len(full) > 0 {
			continue
		}
		for _, batch := range done {
			empty <- batch
		}
		done = done[:0]
	}
	t.Frames(frames)
	return err
}

// followAlone is follow in one goroutine.
func (m *merged) followAlone(t *survey.Tracker) (err error) {
	var frames survey.Frames
	for batch := make([]survey.Segment, 0, batchSize); err == nil; {
		batch, err = m.fill(t, &frames, batch)
		t.AddAll(batch)
	}
	t.Frames(frames)
	return err
}

// fill makes a batch of the segments of the next packets, until it is full or
// there is an error, and counts the frames that have none.
func (m *merged) fill(t *survey.Tracker, frames *survey.Frames, batch []survey.Segment) ([]survey.Segment, error) {
	batch = batch[:0]
	for len(batch) < cap(batch) {
		p, err := m.next()
		if err != nil {
			return batch, err
		}
		batch = look(t, frames, batch, p, m.frame)
		for list := m.ready(cap(batch) - len(batch)); len(list) > 0; list = m.ready(cap(batch) - len(batch)) {
			first := m.frame - uint32(len(list)) + 1
			for i := range list {
				batch = look(t, frames, batch, &list[i], first+uint32(i))
			}
		}
	}
	return batch, nil
}

// look appends a packet's segment to a batch that has room, or counts the frame
// if it has none.
func look(t *survey.Tracker, frames *survey.Frames, batch []survey.Segment, p *file.Packet, frame uint32) []survey.Segment {
	n := len(batch)
	s := &batch[:n+1][n]
	if err := capture.Look(&s.Brief, p.Link, p.Data, p.Wire); err != nil {
		frames.Note(err)
		return batch
	}
	if s.Fragment && !s.Quoted {
		frames.Fragmented++
	}
	s.Nanos, s.Frame = p.Nanos, frame
	t.Hash(s)
	return batch[:n+1]
}
