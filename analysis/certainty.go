package analysis

import (
	"slices"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// EAGAIN is what a call returns that would have to wait and may not.
const EAGAIN scenario.Fault = "EAGAIN"

// certainty says how the prediction about a call on this side came about.
func (r *replay) certainty(ev *scenario.Event) Certainty {
	switch {
	case ev.Fault == EAGAIN && !r.broken[ev.ID]:
		return Option
	case len(r.predicted[ev.ID]) < 2:
		return Exact
	case r.crossed(ev):
		return Race
	case ev.Op == scenario.OpWrite:
		return Option // whether it waits depends on the size of the send buffer
	}
	return Local // calls at the same time, or a deadline that was about to pass
}

// crossed reports whether a segment came while the call was under way, or so
// shortly before that the socket may not have seen it yet.
func (r *replay) crossed(ev *scenario.Event) bool {
	return slices.ContainsFunc(r.arrivals, func(s *capture.Segment) bool {
		return !s.Time.Before(ev.Start.Add(-r.lead)) && !s.Time.After(ev.End)
	})
}

// unwilling reports whether the call returned because the socket does not let
// it wait: O_NONBLOCK, SO_RCVTIMEO or SO_SNDTIMEO (socket(7)).
func unwilling(ev *scenario.Event) bool {
	return ev.Fault == EAGAIN && (ev.Op == scenario.OpRead || ev.Op == scenario.OpPeek || ev.Op == scenario.OpWrite)
}
