package analysis

import (
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
	now       time.Time         // the moment of the time line that is being looked at
	settled   int               // how many of them have reached the socket in every world
	flight    []*scenario.Event // calls that have begun and not returned; nil is a free place
	closes    []*scenario.Event // those that have begun
	predicted map[int][]scenario.Fault
	reasons   map[int][]Reason // by RST sent
	strange   map[int]bool     // segments that the socket can not have sent, by the model
	foreign   map[int]bool     // RSTs that are taken for somebody else's
	uncalled  map[int]bool     // RSTs that the kernel sent of itself, for no call explains them
	broken    map[int]bool     // calls whose result no world predicted
	timed     map[int]bool     // calls that only a timer explains
	timers    bool             // whether a timer may have gone off, now that nothing else explains
	leaving   *capture.Segment // the segment that is being explained so
	aborting  bool             // its own RST,ACK is about to be seen: the call that it ended was quicker
	aborts    []time.Time      // when the socket was seen to send an RST,ACK
	overflow  bool             // worlds were left out, for there were too many
	blind     bool             // no call of this side is known
	joined    bool             // it goes on behind segments that were left out
	counts    bool             // every octet sent is known to come from a write that succeeded
	thorough  bool             // also worlds that show only at which moment something can have happened
}

func liveWithin(m *Model, c *connection, s *side, lead time.Duration, foreign map[int]bool) *replay {
	r := &replay{
		foreign: foreign, uncalled: make(map[int]bool),
		model: m, lead: lead, worlds: s.beginnings(c), blind: len(s.calls) == 0, counts: s.counts(c),
		predicted: make(map[int][]scenario.Fault),
		strange:   make(map[int]bool), broken: make(map[int]bool), timed: make(map[int]bool),
	}
	if c.watch {
		r.worlds.rooted()
		r.thorough = !r.blind
	}
	line := timeline(c, s)
	for _, t := range line {
		if t.kind == departure && t.seg.Flags.Has(capture.RST|capture.ACK) {
			r.aborts = append(r.aborts, t.at)
		}
	}
	for _, t := range line {
		r.now = t.at
		if c.gap != 0 && t.seg != nil && t.seg.ID >= c.gap && !r.joined {
			r.joined = true
			r.rejoin()
		}
		r.settleBefore(t.at.Add(-r.lead))
		switch t.kind {
		case arrival, echo:
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
	r.worlds = r.worlds.settled()
	r.reasons = r.worlds.reasons()
	return r
}

// room returns how many worlds are worth telling apart: where too many were
// possible, nothing can be told any more, and a few show what came after.
func (r *replay) room() int {
	switch {
	case r.overflow:
		return fewWorlds
	case r.blind:
		return blindWorlds
	}
	return maxWorlds
}

// set returns an empty set of worlds.
func (r *replay) set() *worlds {
	ws := newWorlds(r.room())
	ws.watch = r.worlds.watch
	return ws
}

// begin notes that a call is in flight.
func (r *replay) begin(ev *scenario.Event) {
	if slices.Contains(closing, ev.Op) {
		r.closes = append(r.closes, ev)
	}
	if i := slices.Index(r.flight, nil); i >= 0 {
		r.flight[i] = ev
	} else if r.flight = append(r.flight, ev); len(r.flight) > maxFlight {
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
	next := r.set()
	todo := r.worlds.clone(r.room())
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
	if r.blind && s.Flags.Has(capture.RST) {
		r.unwatchedReset(s)
		return
	}
	next := r.senders(s)
	if len(next.list) == 0 && s.Flags.Has(capture.RST) && !r.foreign[s.ID] {
		r.leaving = s
		next = r.escalate(func() *worlds { return r.senders(s) })
		r.leaving = nil
		if len(next.list) > 0 && s.Flags.Has(capture.ACK) {
			r.uncalled[s.ID] = true
		}
	}
	if len(next.list) == 0 {
		for r.blind && r.settled < len(r.arrivals) && s.Flags.Has(capture.ACK) && r.owesAck(s) {
			r.settleNext() // it acknowledges what has come
		}
		r.unforeseen(next, s)
	}
	r.worlds = next
}

// owesAck reports whether s acknowledges more than has reached any world, or no
// world has got the end of the handshake.
func (r *replay) owesAck(s *capture.Segment) bool {
	return !slices.ContainsFunc(r.worlds.list, func(w world) bool {
		return w.state != SynRecv && (!w.known || !s.Ack.After(w.rcvNxt))
	})
}

// unforeseen adds to next what every world becomes when s has left although
// none can have sent it: somebody else did, or a call was not seen.
func (r *replay) unforeseen(next *worlds, s *capture.Segment) {
	r.strange[s.ID] = true
	gone := func(w world) bool { return r.blind && w.state == Closed && w.orphan }
	some := slices.ContainsFunc(r.worlds.list, func(w world) bool { return !gone(w) })
	for i, w := range r.worlds.list {
		if some && gone(w) {
			continue // who has reset the connection sends nothing more
		}
		st := &step{prev: r.worlds.past[i], sent: s}
		if r.blind {
			w.infer(s)
		}
		stray := s.Flags.Has(capture.SYN) && synchronized.has(w.state)
		if r.blind || !s.Flags.Has(capture.RST) && !stray {
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

// provoked returns what the RST that is being explained answers, if it is one
// that answers.
func (r *replay) provoked() Link {
	if r.leaving == nil || r.leaving.Flags.Has(capture.ACK) {
		return Link{}
	}
	return r.provoker(r.leaving)
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

// finish compares the result of a call with what each world says.
func (r *replay) finish(ev *scenario.Event) {
	slot := slices.Index(r.flight, ev)
	next := r.makers(slot)
	if len(next.list) == 0 {
		r.aborting = r.abortsSoon(ev)
		if next = r.escalate(func() *worlds { return r.makers(slot) }); len(next.list) > 0 {
			r.timed[ev.ID], r.predicted[ev.ID] = true, []scenario.Fault{ev.Fault}
		}
	}
	r.aborting = false
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

// abortsSoon reports whether the socket was seen to send an RST,ACK so shortly
// after the call's return that a busy machine may have captured it late.
func (r *replay) abortsSoon(ev *scenario.Event) bool {
	return slices.ContainsFunc(r.aborts, func(t time.Time) bool {
		return t.After(ev.End) && t.Before(ev.End.Add(lateLead))
	})
}

// makers returns the worlds in which the call in flight at slot returned what
// it did return.
func (r *replay) makers(slot int) *worlds {
	bit := uint64(1) << slot
	next := r.set()
	todo := r.worlds.clone(r.room())
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
