package lesson

import (
	"maps"
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// spot is a moment of the run that can be gone back to: a step of one of its
// ladders.
type spot struct {
	scene.Step
	ladder int
}

// spotsOf lists the moments of a run, in order of time, and who stands at the
// edges of each ladder.
func spotsOf(r *analysis.Run, all bool) (names [][2]scenario.Role, spots []spot) {
	sc := sceneOf(r, all)
	var list, never []spot
	for i, l := range sc.Ladders {
		names = append(names, l.Names)
		for _, s := range l.Steps {
			switch {
			case !s.At.IsZero():
				list = append(list, spot{s, i})
			case r.Trouble != "" || s.Kind != scene.Ends:
				never = append(never, spot{s, i})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b spot) int { return a.At.Compare(b.At) })
	return names, append(list, never...)
}

func sceneOf(r *analysis.Run, all bool) *scene.Scene {
	if all {
		return scene.All(r)
	}
	return scene.Of(r)
}

// until returns the run as it was known at one of its spots, explained by what
// was known then.
func until(r *analysis.Run, spots []spot, k int) *analysis.Run {
	if k == len(spots)-1 {
		return r
	}
	was := *r
	e := r.Evidence
	was.Evidence = analysis.Evidence{Model: e.Model, Gap: e.Gap, Events: callsUntil(r, spots, k), Segments: segmentsUntil(e.Segments, spots[:k+1])}
	for _, loss := range e.Losses {
		if !loss.From.After(spots[k].At) {
			was.Evidence.Losses = append(was.Evidence.Losses, loss)
		}
	}
	was.Differs, was.Trouble = "", ""
	was.Explanation = analysis.Explain(was.Evidence)
	for id, note := range was.Notes { // what came later tells it better
		note.Lost = r.Notes[id].Lost
		was.Notes[id] = note
	}
	return &was
}

// hopeful returns a run that is not over as it is to be shown: a SYN of a dial
// that waits has no answer yet, which does not prove that it was lost; an ICMP error does.
func hopeful(r *analysis.Run) *analysis.Run {
	waits := slices.ContainsFunc(r.Evidence.Events, func(e scenario.Event) bool {
		return e.Op == scenario.OpDial && e.End.IsZero()
	})
	quoted := slices.ContainsFunc(r.Evidence.Segments, func(s capture.Segment) bool { return s.ICMP.Is() })
	if !waits || quoted {
		return r
	}
	h := *r
	h.Notes = maps.Clone(r.Notes)
	for _, s := range r.Evidence.Segments {
		if note := h.Notes[s.ID]; s.Flags.Has(capture.SYN) && !s.Flags.Has(capture.ACK) && note.Lost != "" {
			note.Lost = ""
			h.Notes[s.ID] = note
		}
	}
	return &h
}

// segmentsUntil returns those that have a spot.
func segmentsUntil(all []capture.Segment, spots []spot) []capture.Segment {
	seen := make(map[int]bool)
	for _, s := range spots {
		if s.Segment != nil {
			seen[s.Segment.ID] = true
		}
	}
	var kept []capture.Segment
	for _, s := range all {
		if seen[s.ID] {
			kept = append(kept, s)
		}
	}
	return kept
}

// callsUntil returns the calls that had begun by the spot k, those that had not
// returned without a result. A call without a spot of its own counts by its
// stamps. One that stands in one row with what it sent has not returned before
// that was sent.
func callsUntil(r *analysis.Run, spots []spot, k int) []scenario.Event {
	sends := func(call int) bool {
		return slices.ContainsFunc(spots[k+1:], func(s spot) bool {
			return s.Segment != nil && r.Notes[s.Segment.ID].From.Event == call
		})
	}
	var begun, done, own = make(map[int]bool), make(map[int]bool), make(map[int]bool)
	for i, s := range spots {
		if s.Call == nil {
			continue
		}
		own[s.Call.ID] = true
		begun[s.Call.ID] = begun[s.Call.ID] || i <= k
		done[s.Call.ID] = done[s.Call.ID] || i <= k && s.Kind != scene.Begins && !(i == k && s.Kind == scene.Whole && sends(s.Call.ID))
	}
	at := spots[k].At
	var kept []scenario.Event
	for _, ev := range r.Evidence.Events {
		if !own[ev.ID] {
			begun[ev.ID] = !ev.Start.After(at)
			done[ev.ID] = !ev.End.IsZero() && !ev.End.After(at)
		}
		switch {
		case done[ev.ID]:
			kept = append(kept, ev)
		case begun[ev.ID]:
			kept = append(kept, underWay(ev))
		}
	}
	return kept
}

// underWay is a call before it has returned.
func underWay(ev scenario.Event) scenario.Event {
	ev.End, ev.N, ev.Fault, ev.Err = time.Time{}, 0, "", ""
	ev.State, ev.StateAt = "", time.Time{}
	return ev
}
