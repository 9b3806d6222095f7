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
	chosen survey.Streams
}

// see chooses the stream of a packet if that matches. One that is chosen
// already costs nothing.
func (s *selection) see(stream uint32, p *file.Packet) error {
	if stream == survey.NoStream || s.chosen.Has(stream) {
		return nil
	}
	ok, err := s.filter.Match(p)
	if ok {
		s.chosen.Add(stream)
	}
	return err
}

// sift makes a survey that tells only of the connections of which a packet
// matches. It returns what ended it, io.EOF at the best.
func (m *merged) sift(t *survey.Tracker, filter *file.Filter) error {
	chosen := &selection{filter: filter}
	t.Only(chosen.chosen.Has)
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
