package analysis

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// lead is how far the stamp of a captured segment runs ahead of the socket
// that it is for, at most, on an idle machine: a segment stamped later than
// that before a moment may or may not have been processed by then
// (SEMANTICS.md §7). lateLead is the same on a machine that is busy.
const (
	lead     = 60 * time.Microsecond
	lateLead = 10 * time.Millisecond
)

// replay lets one side of a connection live again, in every world that the
// evidence allows.
type replay struct {
	model     *Model
	lead      time.Duration
	worlds    *worlds
	arrivals  []*capture.Segment
	settled   int               // how many of them have reached the socket in every world
	flight    []*scenario.Event // calls that have begun and not returned; nil is a free place
	predicted map[int][]scenario.Fault
	reasons   map[int][]Reason // by RST sent
	strange   map[int]bool     // segments that the socket can not have sent, by the model
	broken    map[int]bool     // calls whose result no world predicted
	timed     map[int]bool     // calls that only a timer explains
	timers    bool             // whether a timer may have gone off, now that nothing else explains
	leaving   *capture.Segment // the segment that is being explained so
	overflow  bool             // worlds were left out, for there were too many
	blind     bool             // no call of this side is known
	counts    bool             // every octet sent is known to come from a write that succeeded
}

// moment is one thing on the time line of a side.
type moment struct {
	at   time.Time
	kind int
	seg  *capture.Segment
	call *scenario.Event
}

// The kinds of moments, in the order in which equal stamps are taken.
const (
	arrival = iota
	begin
	departure
	finish
)

// live replays the side s of c and returns what became of it. Where a result
// fits no world, the machine may have been busy: it is tried again with stamps
// that run further ahead, and late are the calls that only this explains.
func live(m *Model, c *connection, s *side) (r *replay, late map[int]bool) {
	r = liveWithin(m, c, s, lead)
	if len(r.broken) == 0 {
		return r, nil
	}
	if again := liveWithin(m, c, s, lateLead); len(again.broken) == 0 && !again.overflow {
		return again, r.broken
	}
	return r, nil
}

func liveWithin(m *Model, c *connection, s *side, lead time.Duration) *replay {
	r := &replay{
		model: m, lead: lead, worlds: s.beginnings(c), blind: len(s.calls) == 0, counts: s.counts(c),
		predicted: make(map[int][]scenario.Fault), reasons: make(map[int][]Reason),
		strange: make(map[int]bool), broken: make(map[int]bool), timed: make(map[int]bool),
	}
	for _, t := range timeline(c, s) {
		r.settleBefore(t.at.Add(-r.lead))
		switch t.kind {
		case arrival:
			r.arrivals = append(r.arrivals, t.seg)
		case begin:
			r.begin(t.call)
		case departure:
			r.departure(t.seg)
		case finish:
			r.finish(t.call)
		}
	}
	for r.settled < len(r.arrivals) {
		r.settleNext()
	}
	return r
}

// beginnings returns the worlds that a side can begin in.
func (s *side) beginnings(c *connection) *worlds {
	ws := newWorlds()
	switch {
	case !c.whole() && s.listen != listenNo:
		ws.add(world{endpoint: endpoint{state: Established, joined: true, accepted: true}}, nil)
		if s.listen == listenYes {
			ws.add(world{endpoint: endpoint{state: Listen, listener: true}}, nil)
		}
	case s.dialled(c):
		ws.add(world{endpoint: endpoint{state: Closed, listener: s.listen == listenYes}}, nil)
	default:
		if s.listen != listenNo {
			ws.add(world{endpoint: endpoint{state: Listen, listener: true}}, nil)
		}
		if s.listen != listenYes {
			ws.add(world{endpoint: endpoint{state: Closed}}, nil)
		}
	}
	return ws
}

// dialled reports whether the side opened the connection.
func (s *side) dialled(c *connection) bool {
	if len(s.calls) > 0 {
		return s.calls[0].Op == scenario.OpDial
	}
	first := c.segments[0]
	return first.Src == s.addr && first.Flags&(capture.SYN|capture.ACK) == capture.SYN
}

// counts reports whether all writes of a side are known, and each put all its
// octets at once: one that was too large to, or failed after some of them, took
// effect more than once.
func (s *side) counts(c *connection) bool {
	if len(s.calls) == 0 || !c.whole() || s.calls[0].Op != scenario.OpDial && s.calls[0].Op != scenario.OpAccept {
		return false
	}
	return !slices.ContainsFunc(s.calls, func(ev *scenario.Event) bool {
		return ev.Op == scenario.OpWrite && (ev.N != ev.Asked && ev.N > 0 || ev.Asked > maxSendBuffer || ev.End.IsZero())
	})
}

func timeline(c *connection, s *side) []moment {
	var line []moment
	for _, seg := range c.segments {
		to := seg.Dst
		if seg.ICMP.Is() {
			to = seg.Src // the message comes to the sender of what it quotes
		}
		if to == s.addr {
			line = append(line, moment{at: seg.Time, kind: arrival, seg: seg})
		}
		if seg.Src == s.addr && !seg.ICMP.Is() {
			line = append(line, moment{at: seg.Time, kind: departure, seg: seg})
		}
	}
	for _, ev := range append(slices.Clip(s.calls), s.unlisten...) {
		line = append(line, moment{at: ev.Start, kind: begin, call: ev})
		if !ev.End.IsZero() {
			line = append(line, moment{at: later(ev.End, ev.Start), kind: finish, call: ev})
		}
	}
	slices.SortStableFunc(line, func(a, b moment) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.kind, b.kind))
	})
	return line
}

// begin notes that a call is in flight.
func (r *replay) begin(ev *scenario.Event) {
	if i := slices.Index(r.flight, nil); i >= 0 {
		r.flight[i] = ev
	} else if r.flight = append(r.flight, ev); len(r.flight) > 64 {
		r.overflow = true
	}
}

// settleBefore makes what was stamped before t reach the socket in every world.
func (r *replay) settleBefore(t time.Time) {
	for r.settled < len(r.arrivals) && r.arrivals[r.settled].Time.Before(t) {
		r.settleNext()
	}
}

// settleNext makes one more arrival reach the socket in every world.
func (r *replay) settleNext() {
	r.settled++
	next := newWorlds()
	todo := r.worlds.clone()
	for i := 0; i < len(todo.list); i++ {
		if todo.list[i].k >= r.settled {
			next.add(todo.list[i], todo.past[i])
			continue
		}
		r.expand(todo, i, r.settled)
	}
	r.keep(todo, next)
}

// departure notes a segment that the socket sent: worlds that can not have
// sent it are struck out.
func (r *replay) departure(s *capture.Segment) {
	next := r.senders(s)
	if len(next.list) == 0 && !r.blind && s.Flags.Has(capture.RST|capture.ACK) {
		r.leaving = s
		next = r.escalate(func() *worlds { return r.senders(s) })
		r.leaving = nil
	}
	if len(next.list) == 0 {
		r.unforeseen(next, s)
	}
	r.worlds = next
}

// unforeseen adds to next what every world becomes when s has left although
// none can have sent it: somebody else did, or a call was not seen.
func (r *replay) unforeseen(next *worlds, s *capture.Segment) {
	r.strange[s.ID] = true
	for i, w := range r.worlds.list {
		st := &step{prev: r.worlds.past[i], sent: s}
		if r.blind && s.Flags.Has(capture.RST) && !s.Flags.Has(capture.ACK) {
			st.origin = r.provoker(s)
			r.reasons[s.ID] = passiveReasons()
		}
		if r.blind {
			w.infer(s)
		}
		if r.blind || !s.Flags.Has(capture.RST) {
			w.sent(s)
		}
		st.after = w.endpoint
		next.add(w, st)
	}
}

// provoker returns the segment that the passive RST s answers: the last whose
// acknowledgement it took for its sequence number (RFC 9293 §3.5.2).
func (r *replay) provoker(s *capture.Segment) Link {
	for _, a := range slices.Backward(r.arrivals) {
		if a.Flags.Has(capture.ACK) && a.Ack == s.Seq && !a.Flags.Has(capture.RST) {
			return Link{Segment: a.ID}
		}
	}
	return Link{}
}

// escalate looks again, now with timers that may have gone off. What calls in
// flight could return then is no prediction.
func (r *replay) escalate(look func() *worlds) *worlds {
	predicted := maps.Clone(r.predicted)
	r.timers = true
	next := look()
	r.timers, r.predicted = false, predicted
	return next
}

// senders returns the worlds that can have sent s.
func (r *replay) senders(s *capture.Segment) *worlds {
	next := newWorlds()
	todo := r.worlds.clone()
	for i := 0; i < len(todo.list); i++ {
		if todo.list[i].permits(s) && (!r.counts || todo.list[i].handed(s)) {
			r.send(next, todo.list[i], todo.past[i], s)
			continue
		}
		r.expand(todo, i, len(r.arrivals))
	}
	r.overflow = r.overflow || todo.full || next.full
	return next
}

func (r *replay) send(next *worlds, w world, past *step, s *capture.Segment) {
	st := &step{prev: past, sent: s}
	if s.Flags.Has(capture.RST) {
		owed := w.owed[w.owes(s)]
		st.origin = owed.by
		if !slices.Contains(r.reasons[s.ID], owed.reason) {
			r.reasons[s.ID] = append(r.reasons[s.ID], owed.reason)
		}
	}
	w.sent(s)
	st.after = w.endpoint
	next.add(w, st)
}

// finish compares the result of a call with what each world says.
func (r *replay) finish(ev *scenario.Event) {
	slot := slices.Index(r.flight, ev)
	next := r.makers(slot)
	if len(next.list) == 0 {
		if next = r.escalate(func() *worlds { return r.makers(slot) }); len(next.list) > 0 {
			r.timed[ev.ID], r.predicted[ev.ID] = true, []scenario.Fault{ev.Fault}
		}
	}
	if len(r.predicted[ev.ID]) == 0 {
		r.predict(ev, Blocks)
	}
	if len(next.list) == 0 {
		w, past := r.worlds.list[0], r.worlds.past[0]
		if !w.tainted {
			r.broken[ev.ID] = true
		}
		a := r.model.call(&w.endpoint, ev)
		w.tainted = true
		next.add(w, &step{prev: past, call: ev, answer: a, after: w.endpoint})
	}
	r.flight[slot] = nil
	r.worlds = next
}

// makers returns the worlds in which the call in flight at slot returned what
// it did return.
func (r *replay) makers(slot int) *worlds {
	bit := uint64(1) << slot
	next := newWorlds()
	todo := r.worlds.clone()
	for i := 0; i < len(todo.list); i++ {
		w := todo.list[i]
		if w.made&bit != 0 {
			w.made &^= bit
			next.add(w, todo.past[i])
			continue
		}
		r.expand(todo, i, len(r.arrivals))
	}
	r.overflow = r.overflow || todo.full || next.full
	return next
}

// expand adds to ws the worlds that follow the i-th: the next of the first n
// arrivals reaches the socket, or a call in flight takes effect.
func (r *replay) expand(ws *worlds, i, n int) {
	w, past := ws.list[i], ws.past[i]
	if r.timers {
		r.expire(ws, w, past)
	}
	for slot, ev := range r.flight {
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
	}
}

// make lets the call take effect in w, if what it returned is what it returns
// there. only is true if nothing is lost by taking this branch alone: the call
// leaves the socket as it was.
func (r *replay) make(ws *worlds, w world, past *step, ev *scenario.Event, bit uint64) (only bool) {
	next := w
	a := r.model.call(&next.endpoint, ev)
	if a.fault != scenario.Deadline && cutByDeadline(ev) {
		r.predict(ev, scenario.Deadline)
		if ev.Fault == scenario.Deadline {
			next, a = w, answer{rule: a.rule, fault: scenario.Deadline, n: -1}
		}
	}
	if a.fault == Blocks && ev.Op == scenario.OpDial && (ev.Fault == scenario.Canceled || ev.Fault == scenario.Deadline) {
		a.fault = ev.Fault // its context ended it, and the socket with it
		next.state, next.orphan, next.closeBy = Closed, true, ev.ID
	}
	if a.fault == Blocks {
		return false
	}
	r.predict(ev, a.fault)
	if !a.agrees(ev) {
		return false
	}
	same := next.endpoint == w.endpoint && len(r.predicted[ev.ID]) == 1
	next.made |= bit
	ws.add(next, &step{prev: past, call: ev, answer: a, after: next.endpoint})
	return same
}

// cutByDeadline reports whether the call's deadline passed while it was under
// way.
func cutByDeadline(ev *scenario.Event) bool {
	return !ev.Deadline.IsZero() && !ev.Deadline.Before(ev.Start) && !ev.End.Before(ev.Deadline)
}

// expire adds to ws the worlds in which a timer goes off in w.
func (r *replay) expire(ws *worlds, w world, past *step) {
	for i := range r.model.timers {
		t := &r.model.timers[i]
		w.writing = slices.ContainsFunc(r.flight, func(ev *scenario.Event) bool { return ev != nil && ev.Op == scenario.OpWrite })
		if !t.in.has(w.state) || t.when != nil && !t.when(&w.endpoint) {
			continue
		}
		next := w
		next.writing = false
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

func (r *replay) predict(ev *scenario.Event, f scenario.Fault) {
	if !slices.Contains(r.predicted[ev.ID], f) {
		r.predicted[ev.ID] = append(r.predicted[ev.ID], f)
	}
}

// keep takes next for the worlds that are left of todo.
func (r *replay) keep(todo, next *worlds) {
	r.overflow = r.overflow || todo.full || next.full
	if len(next.list) > 0 {
		r.worlds = next
	}
}
