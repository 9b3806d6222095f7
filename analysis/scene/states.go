package scene

import (
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// standing follows along a ladder what the sockets at its edges can be.
type standing struct {
	scene  *Scene
	ladder int
	of     [2]end               // whose sockets these are
	states [2][]analysis.Socket // the last that is known of them
	before [2]end               // what stood at an edge when somebody began to listen there
	ears   []*scenario.Event    // what has bound an address and not been closed, in order
	rest   []*scenario.Event    // those that have not returned yet, in order of their return
}

// states gives every step of a ladder the sockets of the connection that it
// belongs to; a step without one keeps those before it.
func (s *Scene) states(ladder int) {
	w, l := &standing{scene: s, ladder: ladder}, &s.Ladders[ladder]
	for i := range s.Run.Evidence.Events {
		if ev := &s.Run.Evidence.Events[i]; !ev.End.IsZero() && ev.Fault == "" && !ev.Remote.IsValid() {
			w.rest = append(w.rest, ev)
		}
	}
	slices.SortStableFunc(w.rest, func(a, b *scenario.Event) int { return a.End.Compare(b.End) })
	for i := range l.Steps {
		st := &l.Steps[i]
		w.hear(st.At)
		switch {
		case st.Segment != nil:
			w.segment(st)
		case st.Call.Remote.IsValid() && !st.Call.Op.Library():
			w.call(st)
		case st.Call.Op == scenario.OpListen, st.Call.Op == scenario.OpBind:
			// A socket without a connection. What came before stays as it is for the
			// connection alone: what arrives for it finds the listener.
			w.before[st.Edge], w.of[st.Edge], w.states[st.Edge] = w.of[st.Edge], end{}, nil
		}
		if st.Heard = s.heard(st); st.Heard != "" {
			w.set(st.Edge, s.as(st.Call, st.Heard))
		}
		for edge := range st.States {
			if st.States[edge] = held(w.states[edge]); st.States[edge] == nil || w.of[edge] == w.before[edge] && over(st.States[edge]) {
				st.States[edge] = w.ear(edge)
			}
		}
	}
}

// over reports whether nothing is left of a connection's end.
func over(sockets []analysis.Socket) bool {
	return !slices.ContainsFunc(sockets, func(s analysis.Socket) bool { return s.State != analysis.Closed })
}

// hear notes which listeners there are at a moment.
func (w *standing) hear(at time.Time) {
	for len(w.rest) > 0 && (at.IsZero() || !w.rest[0].End.After(at)) {
		ev := w.rest[0]
		w.rest = w.rest[1:]
		switch ev.Op {
		case scenario.OpListen, scenario.OpBind:
			w.ears = append(w.ears, ev)
		case scenario.OpClose:
			w.ears = slices.DeleteFunc(w.ears, func(o *scenario.Event) bool { return o.Conn == ev.Conn })
		}
	}
}

// ear is the socket at an edge that has no connection: the last that listens
// there, or only has an address.
func (w *standing) ear(edge int) []analysis.Socket {
	for _, ev := range slices.Backward(w.ears) {
		switch {
		case w.scene.cast.place(ev) != place{w.ladder, edge}:
		case ev.Op == scenario.OpListen:
			return []analysis.Socket{{State: analysis.Listen}}
		default:
			return []analysis.Socket{{State: analysis.Closed}}
		}
	}
	return nil
}

// turn looks at another connection, if e is not an end of the one that is
// looked at.
func (w *standing) turn(e end, edge int, at time.Time) {
	other := e.other() // which is e of a socket that has met itself
	if w.of[edge] == e && w.of[1-edge] == other {
		return
	}
	w.of[edge], w.states[edge] = e, w.scene.lives.Standing(e.local, e.remote, at)
	w.of[1-edge], w.states[1-edge] = other, w.scene.lives.Standing(other.local, other.remote, at)
}

func (w *standing) segment(st *Step) {
	s, lives := st.Segment, w.scene.lives
	from := end{s.Src, s.Dst}
	if s.ICMP.Is() {
		from = from.other() // it comes to the sender of what it quotes
	}
	w.turn(from, st.Edge, st.At)
	if !w.scene.Run.Notes[s.ID].Strange { // else it says nothing of the socket in whose name it came
		w.set(st.Edge, lives.Sent(s.ID))
	}
	w.set(1-st.Edge, lives.Received(s.ID))
}

func (w *standing) call(st *Step) {
	at := st.At
	if at.IsZero() {
		at = st.Call.Start
	}
	e := end{st.Call.Local, st.Call.Remote}
	if st.Call.Op == scenario.OpDial && st.Kind == Begins && w.of[st.Edge] == e {
		w.of[st.Edge] = end{} // another connection between addresses that have had one
	}
	w.turn(e, st.Edge, at)
	switch {
	case st.Kind == Ends, st.Kind == Whole && !w.scene.sends(st.Call):
		w.set(st.Edge, w.scene.lives.Returned(st.Call.ID))
	case st.Kind == Whole:
		w.set(st.Edge, w.scene.lives.Took(st.Call.ID))
	}
}

// set notes what is known of a socket, if anything is. One that has met itself
// stands at both edges.
func (w *standing) set(edge int, list []analysis.Socket) {
	if len(list) == 0 {
		return
	}
	if w.states[edge] = list; w.of[0] == w.of[1] {
		w.states[1-edge] = list
	}
}

// held returns the sockets without what a call would have had of one that its
// application has closed: octets that nobody had read are thrown away
// (__tcp_close), and no call is left that an error could fail.
func held(sockets []analysis.Socket) (list []analysis.Socket) {
	for _, s := range sockets {
		if s.Orphan {
			s.Unread, s.Pending, s.Soft = 0, "", ""
		}
		if !slices.ContainsFunc(list, func(o analysis.Socket) bool { return o.String() == s.String() }) {
			list = append(list, s)
		}
	}
	return list
}

// heard returns what the kernel said of the socket when the call returned, ""
// if it was not asked, or if the socket can have become something else before it
// was. What a file says that the kernel said may be no state at all.
func (s *Scene) heard(st *Step) string {
	ev := st.Call
	if ev == nil || st.Kind == Begins {
		return ""
	}
	if _, known := analysis.StateNamed(ev.State); !known || !alike(s.lives.Possible(ev.ID, ev.End), s.lives.Possible(ev.ID, ev.StateAt)) {
		return ""
	}
	return ev.State
}

// as returns what the socket of a call can have been when the call returned and
// it was in that state: where the stamps leave several possible, the kernel has
// said which. If none was possible the model is wrong, and nothing is returned.
func (s *Scene) as(ev *scenario.Event, state string) []analysis.Socket {
	other := func(o analysis.Socket) bool { return o.State.String() != state }
	if is := slices.DeleteFunc(s.lives.Returned(ev.ID), other); len(is) > 0 {
		return is
	}
	return slices.DeleteFunc(s.lives.Possible(ev.ID, ev.End), other)
}

// alike reports whether sockets are in the same states.
func alike(a, b []analysis.Socket) bool { return within(a, b) && within(b, a) }

func within(a, b []analysis.Socket) bool {
	for _, s := range a {
		if !slices.ContainsFunc(b, func(o analysis.Socket) bool { return o.State == s.State }) {
			return false
		}
	}
	return true
}

// sends reports whether the call stands before a segment that it made its
// socket send before it returned.
func (s *Scene) sends(ev *scenario.Event) bool {
	first := s.emitted[ev.ID]
	return first != nil && (ev.End.IsZero() || !first.Time.After(ev.End))
}
