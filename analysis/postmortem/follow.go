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
	r := newReader(m, t)
	var err error
	go func() {
		defer close(full)
		for err == nil {
			var batch []survey.Segment
			batch, err = r.fill(<-empty)
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
	t.Frames(r.frames)
	return err
}

// followAlone is follow in one goroutine.
func (m *merged) followAlone(t *survey.Tracker) (err error) {
	r := newReader(m, t)
	for batch := make([]survey.Segment, 0, batchSize); err == nil; {
		batch, err = r.fill(batch)
		t.AddAll(batch)
	}
	t.Frames(r.frames)
	return err
}

// reader makes batches of the segments of packets.
type reader struct {
	*merged
	t      *survey.Tracker
	frames survey.Frames           // those that have no whole segment
	batch  []survey.Segment        // the one under way
	number uint32                  // of the packet under way
	take   func(*file.Packet) bool // takeOne: made once, since making it allocates
}

func newReader(m *merged, t *survey.Tracker) *reader {
	r := &reader{merged: m, t: t}
	r.take = r.takeOne
	return r
}

// fill makes a batch, in the memory of another, of the segments of the next packets,
// until it is full or there is an error.
func (r *reader) fill(memory []survey.Segment) ([]survey.Segment, error) {
	r.batch = memory[:0]
	for len(r.batch) < cap(r.batch) {
		p, err := r.next()
		if err != nil {
			return r.batch, err
		}
		r.number = r.frame - 1
		if r.take(p) {
			r.each(r.take)
		}
	}
	return r.batch, nil
}

// takeOne appends the next packet's segment to the batch, which has room, or counts the
// frame if it has none. It reports whether there is room for another.
func (r *reader) takeOne(p *file.Packet) bool {
	r.number++
	n := len(r.batch)
	s := &r.batch[:n+1][n]
	if err := capture.Look(&s.Brief, p.Link, p.Data, p.Wire); err != nil {
		r.frames.Note(err)
		return true
	}
	if s.Fragment && !s.Quoted {
		r.frames.Fragmented++
	}
	s.Nanos, s.Frame = p.Nanos, r.number
	r.t.Hash(s)
	r.batch = r.batch[:n+1]
	return len(r.batch) < cap(r.batch)
}
