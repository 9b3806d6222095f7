package experiment

import (
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/proof"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// explain explains a performance anew, as far as the story went: what was taken
// off the wire has been captured and did not arrive, which nothing else proves, a
// wait that came to its bound is not a poll that found nothing, and sockets that
// were closed in the end were closed by no call of the story.
func (t *trial) explain(run *analysis.Run) {
	e := &run.Evidence
	e.Events = slices.DeleteFunc(slices.Clone(e.Events), func(ev scenario.Event) bool {
		return ev.Op == scenario.OpPoll && ev.Fault != "" || t.after(ev.Start)
	})
	e.Segments = slices.DeleteFunc(slices.Clone(e.Segments), func(s capture.Segment) bool { return t.after(s.Time) })
	if t.action.Kind == proof.Dose || t.action.Kind == proof.Forge {
		return // of those that were forged some arrive
	}
	e.Taken = make(map[int]string)
	for i := range e.Segments {
		for _, k := range t.taken() {
			if t.met(k, &e.Segments[i], e.Segments) {
				e.Taken[e.Segments[i].ID] = "the experiment took it off the wire"
			}
		}
	}
	run.Explanation = analysis.Explain(*e)
}

// after reports whether the story had come to its end by then.
func (t *trial) after(at time.Time) bool {
	return !t.result.Over.IsZero() && at.After(t.result.Over)
}

// met reports whether the rule about k has met a segment.
func (t *trial) met(k proof.SegmentKey, s *capture.Segment, all []capture.Segment) bool {
	life, known := t.result.Dials[k.Dial]
	from, to := life.Dialler, life.Other
	if !k.FromDialer {
		from, to = to, from
	}
	if !known || s.Src != from || s.Dst != to || s.Time.Before(life.Since) {
		return false
	}
	if k.Arm > proof.BeforeDial && s.Time.Before(t.result.Armed.Add(-time.Millisecond)) {
		return false
	}
	first, _ := proof.Streams(all, from, to, life.Since, every)
	return k.Like(s, first)
}
