package scene

import (
	"cmp"
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// dated is a step with its place among those of the same moment.
type dated struct {
	Step
	rank int
}

// steps lists what is to be seen on a ladder, in order of time.
func (s *Scene) steps(ladder int) []Step {
	var list, never []dated
	e := &s.Run.Evidence
	for i := range e.Segments {
		seg := &e.Segments[i]
		if p := s.cast.at[end{seg.Src, seg.Dst}]; p.ladder == ladder {
			list = append(list, dated{Step: s.segment(seg, p.edge)})
		}
	}
	for i := range e.Events {
		ev := &e.Events[i]
		p := s.cast.place(ev)
		if !s.shown(ev) || p.ladder != ladder {
			continue
		}
		for _, d := range s.call(ev) {
			if d.Edge = p.edge; d.At.IsZero() {
				never = append(never, d)
			} else {
				list = append(list, d)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b dated) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.rank, b.rank)) })
	steps := make([]Step, 0, len(list)+len(never))
	for _, d := range append(list, never...) {
		steps = append(steps, d.Step)
	}
	return steps
}

// segment is the step of a segment whose addresses place it at an edge. An ICMP
// error has those of the segment that it quotes, and goes back to its sender.
func (s *Scene) segment(seg *capture.Segment, edge int) Step {
	if seg.ICMP.Is() {
		edge = 1 - edge
	}
	base := s.rel[seg.ID]
	return Step{At: seg.Time, Kind: Segment, Edge: edge, Segment: seg, Seq: seg.Seq.Sub(base[0]), Ack: seg.Ack.Sub(base[1])}
}

// call makes the steps of a call.
func (s *Scene) call(ev *scenario.Event) []dated {
	begins, ends := Step{At: ev.Start, Kind: Begins, Call: ev}, Step{At: ev.End, Kind: Ends, Call: ev}
	switch {
	case s.interval(ev): // one that never returned ends at no moment
		return []dated{{Step: begins}, {Step: ends}}
	case s.sends(ev) && !ev.End.IsZero() && !alike(s.lives.Took(ev.ID), s.lives.Returned(ev.ID)):
		begins.Brief, ends.Brief = true, true
		return []dated{{Step: begins}, {Step: ends}}
	case s.sends(ev):
		return []dated{{Step{At: s.emitted[ev.ID].Time, Kind: Whole, Call: ev}, -1}} // just before what it caused
	case s.emitted[ev.ID] == nil && ev.Op == scenario.OpClose && s.missed(ev):
		return []dated{{Step: Step{At: ev.Start, Kind: Whole, Call: ev}}} // those it wakes return first
	}
	return []dated{{Step: Step{At: later(ev.End, ev.Start), Kind: Whole, Call: ev}}}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
