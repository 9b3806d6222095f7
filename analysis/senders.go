package analysis

import (
	"slices"

	"github.com/rstwatch/rstwatch/capture"
)

// senders returns the worlds that can have sent s. That something came between
// a call and its FIN is only believed where nothing else is left.
func (r *replay) senders(s *capture.Segment) *worlds {
	next, unlikely := r.set(), r.set()
	todo := r.worlds.clone(r.room())
	for i := 0; i < len(todo.list); i++ {
		if todo.list[i].permits(s) && (!r.counts || todo.list[i].handed(s)) {
			to := next
			if todo.list[i].interrupted(s) {
				to = unlikely
			}
			r.send(to, todo.list[i], todo.past[i], s)
			if !r.thorough && !r.overtaken(&todo.list[i], s) {
				continue
			}
		}
		r.expand(todo, i, len(r.arrivals))
	}
	if len(next.list) == 0 {
		next = unlikely
	}
	r.overflow = r.overflow || todo.full || next.full
	return next
}

// send adds to next what w becomes when it has sent s. Of two RSTs that are
// alike, the one owed first has left first, unless they may answer segments on
// two CPUs.
func (r *replay) send(next *worlds, w world, past *step, s *capture.Segment) {
	r.leave(next, w, past, s)
	first := w.owes(s)
	for i := first + 1; first >= 0 && i < len(w.owed); i++ {
		if w.owed[i].alike(w.owed[first]) && r.atOnce(w.owed[first].by, w.owed[i].by) {
			other := w
			other.owed[first], other.owed[i] = w.owed[i], w.owed[first]
			other.owed[i].late = true
			r.leave(next, other, past, s)
		}
	}
}

// overtaken reports whether what comes next to w may be answered by an RST that
// looks like s, which w can send.
func (r *replay) overtaken(w *world, s *capture.Segment) bool {
	if s.Flags&(capture.RST|capture.ACK) != capture.RST || w.k >= len(r.arrivals) {
		return false
	}
	owed, more := w.owed[w.owes(s)], r.arrivals[w.k]
	return more.Flags.Has(capture.ACK) && more.Ack == s.Seq && r.atOnce(owed.by, Link{Segment: more.ID})
}

// atOnce reports whether two segments came so shortly after each other that two
// CPUs can have been at work on them at the same time: the first has undone the
// socket, and its RST is not sent yet, when the second finds none (tcp_reset).
func (r *replay) atOnce(a, b Link) bool {
	at := func(l Link) *capture.Segment {
		if i := slices.IndexFunc(r.arrivals, func(s *capture.Segment) bool { return s.ID == l.Segment }); i >= 0 {
			return r.arrivals[i]
		}
		return nil
	}
	first, second := at(a), at(b)
	return first != nil && second != nil && second.Time.Sub(first.Time) <= r.lead
}

func (r *replay) leave(next *worlds, w world, past *step, s *capture.Segment) {
	st := &step{prev: past, sent: s}
	switch {
	case s.Flags.Has(capture.RST) && r.blind && w.orphan:
		st = r.leaves(s, past, w) // that nobody has the socket is inferred: who answers instead is not known
	case s.Flags.Has(capture.RST):
		owed := w.owed[w.owes(s)]
		st.origin, st.reasons = owed.by, []Reason{owed.reason}
	}
	w.sent(s)
	st.after = w.endpoint
	next.add(w, st)
}
