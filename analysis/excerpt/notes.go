package excerpt

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
)

// Notes has the comments on the segments that decided how connections ended: the
// first FIN or RST, the first RST, and the segment that this answers. Beside the
// survey it holds a few octets for each connection with a RST, and one bit for
// each other.
type Notes struct {
	find      *survey.Finder
	provokers []provoker     // by frame
	over      survey.Streams // whose first FIN or RST has come
}

// provoker is a segment that a RST answers.
type provoker struct {
	frame   uint32
	written uint32 // its number in the excerpt, once it is there
}

// NewNotes returns the comments on connections of a survey. The tracker must not
// be changed while they are used.
func NewNotes(t *survey.Tracker, chosen iter.Seq[survey.Connection]) *Notes {
	n := &Notes{find: t.Finder()}
	for c := range chosen {
		if c.Reset != nil && c.Reset.Provoker.Frame != 0 {
			n.provokers = append(n.provokers, provoker{frame: c.Reset.Provoker.Frame})
		}
	}
	slices.SortFunc(n.provokers, func(a, b provoker) int { return cmp.Compare(a.frame, b.frame) })
	return n
}

// Of returns the comment on the frame of a stream, as the survey numbers both,
// that will be number written in the excerpt; "" if it decided nothing. Frames
// must come in their order.
func (n *Notes) Of(stream, frame, written uint32, p *file.Packet) string {
	at, provokes := slices.BinarySearchFunc(n.provokers, frame, func(k provoker, f uint32) int { return cmp.Compare(k.frame, f) })
	if provokes {
		n.provokers[at].written = written
	}
	var b capture.Brief
	if capture.Look(&b, p.Link, p.Data, p.Wire) != nil || b.Quoted {
		return ""
	}
	ends := b.Flags&(capture.FIN|capture.RST) != 0 && n.first(stream)
	if !ends && !provokes && !b.Flags.Has(capture.RST) {
		return ""
	}
	c, ok := n.find.Connection(stream)
	if !ok {
		return ""
	}
	var parts []string
	switch resets := c.Reset != nil && c.Reset.Frame == frame; {
	case resets:
		parts = append(parts, report.SurveyEnding(&c), report.SurveyReset(n.renumbered(c.Reset, written)))
	case ends && c.Ending == survey.WasReset:
		parts = append(parts, fmt.Sprintf("the %s ends its stream, before the RST", survey.SideName(c.EndedBy)))
	case ends:
		parts = append(parts, report.SurveyEnding(&c))
	}
	if provokes && c.Reset != nil && c.Reset.Provoker.Frame == frame {
		parts = append(parts, fmt.Sprintf("the %s answers it with a RST", survey.SideName(c.Reset.From)))
	}
	return strings.Join(parts, "; ")
}

// renumbered returns r with the numbers of the excerpt, where written is its own.
func (n *Notes) renumbered(r *survey.Reset, written uint32) *survey.Reset {
	as := *r
	as.Frame, as.Provoker = written, survey.Provoker{}
	at, ok := slices.BinarySearchFunc(n.provokers, r.Provoker.Frame, func(k provoker, f uint32) int { return cmp.Compare(k.frame, f) })
	if ok && n.provokers[at].written != 0 {
		as.Provoker = r.Provoker
		as.Provoker.Frame = n.provokers[at].written
	}
	return &as
}

// first reports whether nothing has ended the stream before, and notes that
// something has.
func (n *Notes) first(stream uint32) bool {
	if n.over.Has(stream) {
		return false
	}
	n.over.Add(stream)
	return true
}
