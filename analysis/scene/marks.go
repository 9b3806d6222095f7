package scene

import (
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// shown reports whether a call is worth a row: not the listener's upkeep, nor
// the polls with which a story waits, nor a close that nothing came of.
func (s *Scene) shown(ev *scenario.Event) bool {
	if s.all || ev.Fault != "" && ev.Fault != scenario.Closed {
		return true
	}
	switch ev.Op {
	case scenario.OpListen:
		return s.again(ev)
	case scenario.OpBind, scenario.OpPoll:
		return false
	case scenario.OpClose:
		return s.emitted[ev.ID] != nil || s.missed(ev)
	}
	return true
}

// missed reports whether another call failed because the program had closed.
func (s *Scene) missed(shut *scenario.Event) bool {
	return shut.Fault == "" && shut.Conn != 0 && slices.ContainsFunc(s.Run.Evidence.Events, func(o scenario.Event) bool {
		return o.Conn == shut.Conn && o.Op != scenario.OpClose && o.Fault == scenario.Closed && o.End.After(shut.Start)
	})
}

// again reports whether somebody had listened there before.
func (s *Scene) again(ev *scenario.Event) bool {
	return slices.ContainsFunc(s.Run.Evidence.Events, func(o scenario.Event) bool {
		return o.Op == scenario.OpListen && o.ID < ev.ID && o.Local == ev.Local
	})
}

// interval reports whether the call has to be drawn with a start and an end: it
// waits for the other side, as a write does that fails in the end, or is a
// library's, and segments were captured while it did; or it never returned, and
// other things happened after it had begun.
func (s *Scene) interval(ev *scenario.Event) bool {
	switch {
	case ev.Op == scenario.OpDial, ev.Op == scenario.OpRead, ev.Op == scenario.OpAccept, ev.Op.Library():
	case ev.Op == scenario.OpWrite:
		if ev.N == ev.Asked || ev.N == 0 && !ev.End.IsZero() {
			return false // it did not wait in the middle
		}
	default:
		return false
	}
	segments := s.Run.Evidence.Segments
	i := s.since(ev.Start.Add(1))
	if !ev.End.IsZero() {
		return i < len(segments) && segments[i].Time.Before(ev.End)
	}
	return i < len(segments) || slices.ContainsFunc(s.Run.Evidence.Events, func(o scenario.Event) bool {
		return o.Start.After(ev.Start) && s.shown(&o)
	})
}

// since returns the place of the first segment that was captured at t or later.
func (s *Scene) since(t time.Time) int {
	i, _ := slices.BinarySearchFunc(s.Run.Evidence.Segments, t, func(s capture.Segment, t time.Time) int { return s.Time.Compare(t) })
	return i
}

// EmitsNext reports whether the first segment that was captured after the call
// had begun is the call's.
func (s *Scene) EmitsNext(call *scenario.Event) bool {
	segments := s.Run.Evidence.Segments
	i := s.since(call.Start)
	return i < len(segments) && s.emitted[call.ID] == &segments[i]
}
