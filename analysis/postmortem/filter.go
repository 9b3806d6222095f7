package postmortem

import (
	"fmt"

	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
)

// selection is the streams of which a packet matched.
type selection struct {
	filter *file.Filter
	chosen []uint64 // a bit a stream
}

func (s *selection) has(stream uint32) bool {
	at := int(stream / 64)
	return at < len(s.chosen) && s.chosen[at]>>(stream%64)&1 == 1
}

func (s *selection) add(stream uint32) {
	for at := int(stream / 64); at >= len(s.chosen); {
		s.chosen = append(s.chosen, 0)
	}
	s.chosen[stream/64] |= 1 << (stream % 64)
}

// see chooses the stream of a packet if that matches. One that is chosen
// already costs nothing.
func (s *selection) see(stream uint32, p *file.Packet) error {
	if stream == survey.NoStream || s.has(stream) {
		return nil
	}
	ok, err := s.filter.Match(p)
	if ok {
		s.add(stream)
	}
	return err
}

// sift makes a survey that tells only of the connections of which a packet
// matches. It returns what ended it, io.EOF at the best.
func (m *merged) sift(t *survey.Tracker, filter *file.Filter) error {
	chosen := &selection{filter: filter}
	t.Only(chosen.has)
	var frames survey.Frames
	defer func() { t.Frames(frames) }()
	var b capture.Brief
	for {
		p, err := m.next()
		if err != nil {
			return err
		}
		if err := capture.Look(&b, p.Link, p.Data, p.Wire); err != nil {
			frames.Note(err)
			continue
		}
		if b.Fragment && !b.Quoted {
			frames.Fragmented++
		}
		if err := chosen.see(t.Add(p.Nanos, m.frame, &b), p); err != nil {
			return fmt.Errorf("%s: %w", m.heap[0].name, err)
		}
	}
}
