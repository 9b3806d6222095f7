package report

import (
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// mark is a moment of the run that may need a row.
type mark struct {
	at   time.Time
	seg  *capture.Segment
	call *scenario.Event
	end  bool // the call returns, or never will
}

// marks lists, in order of time, the segments, the starts of intervals, and
// the ends of calls that no segment stands beside.
func (l *ladder) marks() []mark {
	var marks []mark
	e := &l.run.Evidence
	for i := range e.Segments {
		l.begins(e.Segments[i].Time)
		if s := &e.Segments[i]; l.cast.at[end{s.Src, s.Dst}].ladder == l.number {
			marks = append(marks, mark{at: s.Time, seg: s})
		}
	}
	var never []mark
	for i := range e.Events {
		ev := &e.Events[i]
		if !l.shown(ev) {
			continue
		}
		l.begins(ev.Start)
		interval := l.interval(ev)
		switch {
		case l.cast.place(ev).ladder != l.number:
		case interval && ev.End.IsZero():
			marks = append(marks, mark{at: ev.Start, call: ev})
			never = append(never, mark{call: ev, end: true})
		case interval:
			marks = append(marks, mark{at: ev.Start, call: ev}, mark{at: ev.End, call: ev, end: true})
		case ev.Op == scenario.OpClose && l.emitted(ev) == nil && l.missed(ev):
			marks = append(marks, mark{at: ev.Start, call: ev, end: true}) // those it wakes return first
		case l.emitted(ev) == nil:
			marks = append(marks, mark{at: later(ev.End, ev.Start), call: ev, end: true})
		}
	}
	slices.SortStableFunc(marks, func(a, b mark) int { return a.at.Compare(b.at) })
	return append(marks, never...)
}

// begins notes a moment of the run, which may be its first.
func (l *ladder) begins(t time.Time) {
	if l.start.IsZero() || t.Before(l.start) {
		l.start = t
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// shown reports whether a call is worth a row: not the listener's upkeep, nor
// the polls with which a story waits, nor a close that nothing came of.
func (l *ladder) shown(ev *scenario.Event) bool {
	if l.Verbose || ev.Fault != "" && ev.Fault != scenario.Closed {
		return true
	}
	switch ev.Op {
	case scenario.OpListen:
		return l.again(ev)
	case scenario.OpBind, scenario.OpPoll:
		return false
	case scenario.OpClose:
		return l.emitted(ev) != nil || l.missed(ev)
	}
	return true
}

// missed reports whether another call failed because the program had closed.
func (l *ladder) missed(shut *scenario.Event) bool {
	return shut.Fault == "" && shut.Conn != 0 && slices.ContainsFunc(l.run.Evidence.Events, func(o scenario.Event) bool {
		return o.Conn == shut.Conn && o.Op != scenario.OpClose && o.Fault == scenario.Closed && o.End.After(shut.Start)
	})
}

// again reports whether somebody had listened there before.
func (l *ladder) again(ev *scenario.Event) bool {
	return slices.ContainsFunc(l.run.Evidence.Events, func(o scenario.Event) bool {
		return o.Op == scenario.OpListen && o.ID < ev.ID && o.Local == ev.Local
	})
}

// interval reports whether the call has to be drawn with a start and an end: it
// waits for the other side, as a write does that fails in the end, or is a
// library's, and segments were captured while it did; or it never returned, and
// other things happened after it had begun.
func (l *ladder) interval(ev *scenario.Event) bool {
	segments := l.run.Evidence.Segments
	from := ev.Start
	switch {
	case ev.Op == scenario.OpDial, ev.Op == scenario.OpRead, ev.Op == scenario.OpAccept, ev.Op.Library():
	case ev.Op == scenario.OpWrite:
		if ev.N == ev.Asked || ev.N == 0 && !ev.End.IsZero() {
			return false // it did not wait in the middle
		}
	default:
		return false
	}
	i, _ := slices.BinarySearchFunc(segments, from.Add(1), func(s capture.Segment, t time.Time) int { return s.Time.Compare(t) })
	if !ev.End.IsZero() {
		return i < len(segments) && segments[i].Time.Before(ev.End)
	}
	return i < len(segments) || slices.ContainsFunc(l.run.Evidence.Events, func(o scenario.Event) bool {
		return o.Start.After(ev.Start) && l.shown(&o)
	})
}

// emitsNext reports whether the first segment that was captured after the call
// had begun is the call's.
func (l *ladder) emitsNext(ev *scenario.Event) bool {
	segments := l.run.Evidence.Segments
	i, _ := slices.BinarySearchFunc(segments, ev.Start, func(s capture.Segment, t time.Time) int { return s.Time.Compare(t) })
	return i < len(segments) && l.emitted(ev) == &segments[i]
}

// emitted returns the first segment that the call made its socket send, nil if
// there is none.
func (l *ladder) emitted(ev *scenario.Event) *capture.Segment { return l.sent[ev.ID] }
