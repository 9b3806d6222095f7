package analysis

import (
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// expand adds to ws the worlds that follow the i-th: the next of the first n
// arrivals reaches the socket, or a call in flight takes effect.
func (r *replay) expand(ws *worlds, i, n int) {
	w, past := ws.list[i], ws.past[i]
	if r.timers {
		r.expire(ws, w, past)
	}
	for slot, ev := range r.flight[:min(len(r.flight), maxFlight)] {
		bit := uint64(1) << slot
		if ev == nil || w.made&bit != 0 || ev.End.IsZero() && ev.Op != scenario.OpClose {
			continue // a call that never returned shows no effect
		}
		if r.make(ws, w, past, ev, bit) {
			return
		}
	}
	if w.k < n {
		next := w
		next.k++
		st := &step{prev: past, arrived: r.arrivals[w.k]}
		st.passed = r.model.arrive(&next.endpoint, st.arrived)
		st.after = next.endpoint
		ws.add(next, st)
		r.whileHeld(ws, w, past)
	}
}

// whileHeld adds to ws what follows if the close that has taken effect in w still
// holds the socket when the next arrival reaches it, if that makes a difference.
// What came early in a close has been seen to before it looks what is left of the
// socket (__tcp_close, adjudge_to_death), what came in its last moments is not:
// its time can not tell the two apart. Those moments follow the FIN at once: a
// call that ends long after, as a kill does, has let go of the socket before.
func (r *replay) whileHeld(ws *worlds, w world, past *step) {
	s := r.arrivals[w.k]
	if !slices.ContainsFunc(r.closes, func(ev *scenario.Event) bool {
		return ev.ID == w.closeBy && !s.Time.Before(ev.Start) && (ev.End.IsZero() || !s.Time.After(ev.End))
	}) {
		return
	}
	if fin := ownFIN(past); fin != nil && s.Time.Sub(fin.Time) > r.lead {
		return
	}
	free := w
	w.held = true
	r.model.arrive(&free.endpoint, s)
	st := &step{prev: past, arrived: s}
	st.passed = r.model.arrive(&w.endpoint, s)
	if w.held = false; w.endpoint == free.endpoint {
		return
	}
	w.k++
	st.after = w.endpoint
	ws.add(w, st)
}

// ownFIN returns the first FIN that the socket has sent, nil if none was seen.
func ownFIN(past *step) (fin *capture.Segment) {
	for st := past; st != nil; st = st.prev {
		if st.sent != nil && st.sent.Flags.Has(capture.FIN) {
			fin = st.sent
		}
	}
	return fin
}

// make lets the call take effect in w, if what it returned is what it returns
// there. only is true if nothing is lost by taking this branch alone: the call
// leaves the socket as it was.
func (r *replay) make(ws *worlds, w world, past *step, ev *scenario.Event, bit uint64) (only bool) {
	next := w
	a := r.model.call(&next.endpoint, ev)
	if a.fault != scenario.Deadline && (r.cut(ev, &w, a) || timerLate(ev)) {
		r.predict(ev, scenario.Deadline)
		if ev.Fault == scenario.Deadline {
			if a.fault != Blocks {
				a.rule = nil // it says what the call would have returned, had it not waited
			}
			next, a = w, answer{rule: a.rule, fault: scenario.Deadline, n: -1}
			if ev.Op == scenario.OpDial && w.state != Closed {
				next.giveUp(ev)
			}
		}
	}
	switch {
	case a.fault != Blocks || r.awake(&w, ev.End.Add(-r.stall())):
	case ev.Op == scenario.OpDial && w.state != Closed && (ev.Fault == scenario.Canceled || ev.Fault == scenario.Deadline):
		a.fault = ev.Fault // its context ended it, after the SYN, and the socket with it
		next.giveUp(ev)
	case unwilling(ev):
		a.fault = EAGAIN
	}
	if a.fault == Blocks {
		return false
	}
	r.predict(ev, a.fault)
	if n, ok := torn(&w.endpoint, past, ev); ok && !a.agrees(ev) {
		a.n = n
	}
	if !a.agrees(ev) {
		return false
	}
	same := next.endpoint == w.endpoint && len(r.predicted[ev.ID]) == 1
	next.made |= bit
	ws.add(next, &step{prev: past, call: ev, answer: a, after: next.endpoint, idle: same})
	return same
}

// giveUp closes the socket of a dial that has failed before the kernel said so.
func (e *endpoint) giveUp(dial *scenario.Event) {
	e.state, e.orphan, e.closeBy = Closed, true, dial.ID
}

// torn returns what a poll finds that looks at the socket while it processes
// the segment that came last: a poll takes no lock, and looks for the error
// after all else, which is the first that an RST changes (tcp_poll,
// tcp_reset). ok is false if that segment had come before the poll.
func torn(e *endpoint, past *step, ev *scenario.Event) (found int, ok bool) {
	if ev.Op != scenario.OpPoll || past == nil || past.prev == nil || past.arrived == nil ||
		past.arrived.Time.Add(lead).Before(ev.Start) {
		return 0, false
	}
	before := past.prev.after
	found = before.polled()&^scenario.PollErr | e.polled()&scenario.PollErr
	if ev.Asked != 0 {
		found &= ev.Asked | scenario.PollErr | scenario.PollHup
	}
	return found, true
}

// cutByDeadline reports whether the call's deadline passed while it was under
// way.
func cutByDeadline(ev *scenario.Event) bool {
	return !ev.Deadline.IsZero() && !ev.Deadline.Before(ev.Start) && !ev.End.Before(ev.Deadline)
}

// waited reports whether a write stood still for want of room until its deadline
// passed, as it would have with any kernel: nobody read.
func waited(ev *scenario.Event) bool {
	return ev.Op == scenario.OpWrite && ev.Fault == scenario.Deadline
}

// cut reports whether a call that is under way in w can have returned because
// its deadline passed, where a is what it would return there. What came before
// the deadline would have ended its wait. What need not wait is over long before,
// unless the process did not get a CPU meanwhile; a write may have to wait, for
// the model does not know how full the send buffer is.
func (r *replay) cut(ev *scenario.Event, w *world, a answer) bool {
	if !cutByDeadline(ev) || r.now.Before(ev.Deadline) {
		return false
	}
	if ev.Deadline.Sub(ev.Start) < r.stall() {
		return true
	}
	waits := a.fault == Blocks || ev.Op == scenario.OpWrite && a.fault == ""
	return waits && !r.awake(w, ev.Deadline.Add(-r.lead))
}

// awake reports whether something has come before t that w has not been told
// of: no call can have waited there until then.
func (r *replay) awake(w *world, t time.Time) bool {
	return w.k < len(r.arrivals) && r.arrivals[w.k].Time.Before(t)
}

// stall is for how long a process may not have got a CPU.
func (r *replay) stall() time.Duration {
	if r.lead > lead {
		return timerSlack
	}
	return lateLead
}

// expire adds to ws the worlds in which a timer goes off in w.
func (r *replay) expire(ws *worlds, w world, past *step) {
	for i := range r.model.timers {
		t := &r.model.timers[i]
		w.writing = slices.ContainsFunc(r.flight, func(ev *scenario.Event) bool { return ev != nil && ev.Op == scenario.OpWrite })
		if !t.in.has(w.state) || t.when != nil && !t.when(&w.endpoint) || !t.fits(r.leaving, r.aborting, r.provoked(), w.openedBy) {
			continue
		}
		next := w
		next.writing = false
		if t.answer {
			t.refuse(&next.endpoint, r.leaving)
			ws.add(next, &step{prev: past, timer: t, after: next.endpoint})
			continue
		}
		if r.leaving != nil && !w.aborts(r.leaving) {
			continue
		}
		cause := oldest(past, &w.endpoint)
		if cause == (Link{}) && r.leaving != nil {
			cause = Link{Segment: r.leaving.ID}
		}
		t.expire(&next.endpoint, cause)
		ws.add(next, &step{prev: past, timer: t, after: next.endpoint})
	}
}

// oldest returns what has waited longest for an acknowledgement: a segment, or
// a write of which no segment was seen.
func oldest(past *step, e *endpoint) (l Link) {
	for st := past; st != nil; st = st.prev {
		switch {
		case st.sent != nil && st.sent.End() != st.sent.Seq && !st.sent.End().After(e.sndUna):
			return l
		case st.sent != nil && (st.sent.End().After(e.sndUna) || l == (Link{}) && st.sent.Seq.Before(e.sndNxt)):
			l = Link{Segment: st.sent.ID}
		case st.call != nil && st.call.Op == scenario.OpWrite && l == (Link{}):
			l = Link{Event: st.call.ID}
		}
	}
	return l
}
