package analysis

import (
	"slices"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// What a segment shows of a program that nobody watched. Where it can have been
// more than one thing, each is a world, and what follows strikes out those that
// can not have sent it: a socket that has reset its connection sends nothing
// more, so who does had its RST sent by somebody else.

// unwatchedReset is the departure of an RST from a side without calls.
func (r *replay) unwatchedReset(s *capture.Segment) {
	for r.settled < len(r.arrivals) {
		r.settleNext() // what it answers has come before it
	}
	before := r.worlds
	next := r.senders(s)
	if len(next.list) == 0 && !s.Flags.Has(capture.ACK) {
		r.leaving = s
		next = r.escalate(func() *worlds { return r.senders(s) })
		r.leaving = nil
	}
	foreseen := len(next.list) > 0
	timed := foreseen && !slices.ContainsFunc(before.list, func(w world) bool { return w.permits(s) })
	if !foreseen {
		r.strange[s.ID] = true
	}
	for i, w := range before.list {
		if w.permits(s) {
			continue
		}
		if !foreseen {
			for _, after := range r.enders(w, s) {
				next.add(after, r.leaves(s, before.past[i], after))
			}
		}
		if !foreseen || timed {
			w.foreign = w.state != Listen && w.state != Closed
		}
		if w.foreign {
			next.add(w, r.leaves(s, before.past[i], w))
		}
	}
	if len(next.list) > 0 {
		r.worlds = next
	}
}

// leaves is the step in which the RST s leaves, after which the socket is w.
func (r *replay) leaves(s *capture.Segment, past *step, w world) *step {
	st := &step{prev: past, sent: s, after: w.endpoint}
	if !s.Flags.Has(capture.ACK) {
		st.origin, st.reasons = r.provoker(s), passiveReasons()
	}
	return st
}

// enders returns what a socket in w can be once the RST s was its own: its
// program has closed it, or never had it; a timer or an administrator has ended
// it (tcp_send_active_reset); or it had been shut down both ways when data came
// (TCP_ABORT_ON_DATA).
func (r *replay) enders(w world, s *capture.Segment) (list []world) {
	if w.state == Closed && !w.request && w.sndNxt != 0 {
		if s.Flags.Has(capture.ACK) && s.Window != 0 {
			return nil // a socket that has ended aborts nothing more
		}
		return []world{w} // its kernel answers for a socket that has ended; its program may still have it
	}
	closed := w
	closed.state, closed.orphan = Closed, true
	closed.shutdown(rcvShut|sendShut, Link{Segment: s.ID})
	clear(closed.owed[:])
	provoked := r.provoker(s)
	if !s.Flags.Has(capture.ACK) {
		list = append(list, closed)
		if e := w; e.finSent && r.shutBoth(&e.endpoint, provoked.Segment) {
			list = append(list, e)
		}
		return list
	}
	for i := range r.model.timers {
		t := &r.model.timers[i]
		if t.reset == "" || t.answer || !t.in.has(w.state) || t.when != nil && !t.when(&w.endpoint) {
			continue
		}
		e := w
		t.expire(&e.endpoint, Link{Segment: s.ID})
		clear(e.owed[:])
		list = append(list, e)
	}
	return append([]world{closed}, list...)
}

// shutBoth makes e a socket that was shut down both ways when the segment
// provoked came, and reports whether the model has a row about that.
func (r *replay) shutBoth(e *endpoint, provoked int) bool {
	for i := range r.model.segments {
		row := &r.model.segments[i]
		if row.name != "data-after-shutdown" || !row.in.has(e.state) && e.state != Closed {
			continue
		}
		by := Link{Segment: provoked}
		e.state, e.err, e.errBy = Closed, row.err, by
		e.shutdown(rcvShut|sendShut, by)
		clear(e.owed[:])
		return true
	}
	return false
}

// infer makes the calls that the segment s, which the endpoint was seen to
// send, shows to have been made by a program that nobody watched, and takes it
// for received what s acknowledges although the capture lacks it.
func (e *endpoint) infer(s *capture.Segment) {
	by := Link{Segment: s.ID}
	if e.known && s.Flags.Has(capture.ACK) && s.Ack.After(e.rcvNxt) && receiving.has(e.state) {
		e.catchUp(s.Ack, by)
	}
	if s.Flags.Has(capture.FIN) {
		switch e.state {
		case Established:
			e.state = FinWait1
		case CloseWait:
			e.state = LastAck
		}
		e.shutdown(sendShut, by)
	}
}

// catchUp makes RCV.NXT what the endpoint says that it is.
func (e *endpoint) catchUp(next capture.Seq, by Link) {
	fin := e.queue.hasFIN && next == e.queue.fin.Add(1)
	e.arrived += next.Sub(e.rcvNxt)
	e.rcvNxt = e.queue.advance(next)
	if !fin {
		return
	}
	e.queue.hasFIN = false
	switch e.state {
	case Established:
		e.state = CloseWait
	case FinWait1:
		e.state = Closing
	case FinWait2:
		e.state = TimeWait
	}
	e.shutdown(rcvShut|done, by)
}

// rejoin makes every world go on behind segments that were left out: the next
// one tells where in sequence space.
func (r *replay) rejoin() {
	next := r.set()
	for i, w := range r.worlds.list {
		if w.state == SynSent || w.state == SynRecv || w.state == Listen {
			w.state, w.known = Established, true
		}
		w.joined, w.sndNxt, w.queue, w.probes = true, 0, reassembly{}, 0
		clear(w.owed[:])
		next.add(w, &step{prev: r.worlds.past[i], call: nil, after: w.endpoint})
	}
	r.worlds = next
}

// asked is a call that could be made.
func asked(op scenario.Op) *scenario.Event { return &scenario.Event{Op: op, Asked: 1} }
