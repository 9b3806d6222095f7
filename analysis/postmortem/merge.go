package postmortem

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/rstwatch/rstwatch/capture/file"
)

// merged is the packets of several files in the order of their stamps: each
// time the file whose next packet is the earliest gives one, of equal ones the
// file named first. A packet without a stamp does not wait.
type merged struct {
	frame uint32 // the number of the packet that next returned

	ctx   context.Context
	heap  []*source // the files that are not at their end, the earliest first
	given bool      // the packet of heap[0] was returned
	asked uint32    // the frame at which the context was last asked whether it has ended
	stop  error     // what ends the reading of all: ErrCalls, or that of ctx
	errs  []error   // of the files that are broken
}

// merged begins a reading.
func (c *Captures) merged(ctx context.Context, o Options) *merged {
	m := &merged{ctx: c.ending(ctx)}
	for i, in := range c.inputs {
		if in.tape != nil && o.Again {
			in.tape.whole = true
		}
		s := &source{input: in, place: i}
		if len(c.inputs) > 1 && !m.look(s) {
			continue
		}
		m.heap = append(m.heap, s)
	}
	for i := len(m.heap)/2 - 1; i >= 0; i-- {
		m.sink(i)
	}
	return m
}

// look finds the first stamp of a file. That is enough until its turn comes:
// many files shall not have their buffers in memory at once.
func (m *merged) look(s *source) (ok bool) {
	ok = m.advance(s)
	if s.file != nil {
		s.scan = nil
	}
	return ok
}

// next returns the next packet, valid until the next call, and io.EOF after the
// last. It fails where there is a call, and once the context has ended.
func (m *merged) next() (*file.Packet, error) {
	if m.given {
		m.move()
	}
	for len(m.heap) > 0 && m.heap[0].scan == nil {
		m.move()
	}
	switch {
	case m.stop != nil:
		return nil, m.stop
	case len(m.heap) == 0:
		return nil, io.EOF
	case m.frame-m.asked >= askEvery || m.frame == 0:
		m.asked = m.frame
		if err := m.ctx.Err(); err != nil {
			return nil, err
		}
	}
	s := m.heap[0]
	m.frame += s.entries + 1
	s.entries, m.given = 0, true
	return &s.p, nil
}

// askEvery is after how many frames the context is asked whether it has ended,
// which takes a lock.
const askEvery = 1 << 12

// each hands over packets that follow the one that next returned last and are in
// memory already, until take returns false, and counts them in frame: none of several
// files, which take turns. A packet is valid during the call.
func (m *merged) each(take func(*file.Packet) bool) {
	if len(m.heap) == 1 && m.given {
		m.frame += uint32(m.heap[0].scan.Each(take))
	}
}

// move takes the first file of the heap to its next packet.
func (m *merged) move() {
	m.given = false
	if !m.advance(m.heap[0]) {
		last := len(m.heap) - 1
		m.heap[0], m.heap = m.heap[last], m.heap[:last]
	}
	if len(m.heap) > 1 {
		m.sink(0)
	}
}

// advance takes a file to its next packet, and reports whether there is one.
func (m *merged) advance(s *source) bool {
	err := s.advance(m.ctx)
	if err == nil || err == io.EOF {
		return err == nil
	}
	err = fmt.Errorf("%s: %w", s.name, err)
	if errors.Is(err, ErrCalls) || m.ctx.Err() != nil && errors.Is(err, m.ctx.Err()) {
		m.stop = err
	} else {
		m.errs = append(m.errs, err)
	}
	return false
}

// sink puts the file at place i of the heap where it belongs.
func (m *merged) sink(i int) {
	for {
		least := i
		for _, child := range []int{2*i + 1, 2*i + 2} {
			if child < len(m.heap) && m.heap[child].before(m.heap[least]) {
				least = child
			}
		}
		if least == i {
			return
		}
		m.heap[i], m.heap[least] = m.heap[least], m.heap[i]
		i = least
	}
}

// broken returns what is wrong with the files, nil if nothing is.
func (m *merged) broken() error { return errors.Join(m.errs...) }

// source is one file of several, at one of its packets.
type source struct {
	*input
	place   int           // among the files
	scan    *file.Scanner // nil until its turn comes
	p       file.Packet
	entries uint32 // journal entries before the packet: they are frames too
	calls   bool
}

func (s *source) before(other *source) bool {
	if s.p.Nanos != other.p.Nanos {
		return s.p.Nanos < other.p.Nanos
	}
	return s.place < other.place
}

// advance reads the next packet, of a file that was only looked at the first.
func (s *source) advance(ctx context.Context) error {
	if s.scan == nil {
		r, err := s.begin(ctx)
		if err != nil {
			return err
		}
		if s.scan, err = file.NewScanner(r); err != nil {
			return err
		}
		s.entries = 0
		s.scan.Entry = func(entry []file.Field) {
			s.entries++
			s.calls = s.calls || isCall(entry)
		}
	}
	err := s.scan.Next(&s.p)
	if s.calls {
		return ErrCalls
	}
	return err
}

// isCall reports whether a journal entry tells of a call
// (analysis/recording/doc.go).
func isCall(entry []file.Field) bool {
	for _, f := range entry {
		if f.Name == "RSTWATCH_KIND" {
			return true
		}
	}
	return false
}
