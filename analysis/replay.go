package analysis

import (
	"cmp"
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// lead is how far the stamp of a captured segment runs ahead of the socket
// that it is for, at most, on an idle machine: a segment stamped later than
// that before a call may or may not have been processed when the call looked
// (SEMANTICS.md §7).
const lead = 60 * time.Microsecond

// replay lets one side of a connection live again, in every world that the
// evidence allows.
type replay struct {
	model     *Model
	worlds    *worlds
	arrivals  []*capture.Segment
	flight    []*scenario.Event // calls that have begun and not returned; nil is a free place
	predicted map[int][]scenario.Fault
	reasons   map[int][]Reason // by RST sent
	strange   map[int]bool     // segments that the socket can not have sent, by the model
	broken    map[int]bool     // calls whose result no world predicted
	overflow  bool
	blind     bool // no call of this side is known
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

// run replays the side s of c and returns what became of it.
func run(m *Model, c *connection, s *side) *replay {
	r := &replay{
		model: m, worlds: newWorlds(), blind: len(s.calls) == 0,
		predicted: make(map[int][]scenario.Fault), reasons: make(map[int][]Reason),
		strange: make(map[int]bool), broken: make(map[int]bool),
	}
	if s.listen != listenNo {
		state := Listen
		if s.dialled(c) {
			state = Closed
		}
		r.worlds.add(world{endpoint: endpoint{state: state, listener: s.listen == listenYes}}, nil)
	}
	if s.listen != listenYes {
		r.worlds.add(world{endpoint: endpoint{state: Closed}}, nil)
	}
	for _, t := range timeline(c, s) {
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
	r.settle(len(r.arrivals))
	return r
}

// dialled reports whether the side opened the connection.
func (s *side) dialled(c *connection) bool {
	if len(s.calls) > 0 {
		return s.calls[0].Op == scenario.OpDial
	}
	first := c.segments[0]
	return first.Src == s.addr && first.Flags&(capture.SYN|capture.ACK) == capture.SYN
}

func timeline(c *connection, s *side) []moment {
	var line []moment
	for _, seg := range c.segments {
		if seg.Dst == s.addr {
			line = append(line, moment{at: seg.Time, kind: arrival, seg: seg})
		}
		if seg.Src == s.addr {
			line = append(line, moment{at: seg.Time, kind: departure, seg: seg})
		}
	}
	for _, ev := range s.calls {
		line = append(line, moment{at: ev.Start, kind: begin, call: ev})
		if !ev.End.IsZero() {
			line = append(line, moment{at: ev.End, kind: finish, call: ev})
		}
	}
	slices.SortStableFunc(line, func(a, b moment) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.kind, b.kind))
	})
	return line
}

// begin notes that a call is in flight. What was stamped long enough before has
// reached the socket by now.
func (r *replay) begin(ev *scenario.Event) {
	n, _ := slices.BinarySearchFunc(r.arrivals, ev.Start.Add(-lead), func(s *capture.Segment, t time.Time) int {
		return s.Time.Compare(t)
	})
	r.settle(n)
	if i := slices.Index(r.flight, nil); i >= 0 {
		r.flight[i] = ev
	} else {
		r.flight = append(r.flight, ev)
	}
	if len(r.flight) > 64 {
		r.overflow = true
	}
}

// settle makes the first n arrivals reach the socket in every world.
func (r *replay) settle(n int) {
	next := newWorlds()
	todo := *r.worlds
	for i := 0; i < len(todo.list); i++ {
		if todo.list[i].k >= n {
			next.add(todo.list[i], todo.past[i])
			continue
		}
		r.expand(&todo, i, n)
	}
	r.keep(next)
}

// departure notes a segment that the socket sent: worlds that can not have
// sent it are struck out.
func (r *replay) departure(s *capture.Segment) {
	next := newWorlds()
	todo := *r.worlds
	for i := 0; i < len(todo.list); i++ {
		if todo.list[i].permits(s) {
			r.send(next, todo.list[i], todo.past[i], s)
			continue
		}
		r.expand(&todo, i, len(r.arrivals))
	}
	if len(next.list) == 0 {
		r.strange[s.ID] = true
		for i, w := range r.worlds.list {
			if r.blind {
				w.infer(s)
			}
			if r.blind || !s.Flags.Has(capture.RST) {
				w.sent(s)
			}
			next.add(w, &step{prev: r.worlds.past[i], sent: s, after: w.endpoint})
		}
	}
	r.keep(next)
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
	bit := uint64(1) << slot
	next := newWorlds()
	todo := *r.worlds
	for i := 0; i < len(todo.list); i++ {
		w := todo.list[i]
		if w.made&bit != 0 {
			w.made &^= bit
			next.add(w, todo.past[i])
			continue
		}
		r.expand(&todo, i, len(r.arrivals))
	}
	if len(r.predicted[ev.ID]) == 0 {
		r.predict(ev, Blocks)
	}
	if len(next.list) == 0 {
		w, past := r.worlds.list[0], r.worlds.past[0]
		r.broken[ev.ID] = !w.tainted
		a := r.model.call(&w.endpoint, ev)
		w.tainted = true
		next.add(w, &step{prev: past, call: ev, answer: a, after: w.endpoint})
	}
	r.flight[slot] = nil
	r.keep(next)
}

// expand adds to ws the worlds that follow the i-th: the next of the first n
// arrivals reaches the socket, or a call in flight takes effect.
func (r *replay) expand(ws *worlds, i, n int) {
	w, past := ws.list[i], ws.past[i]
	if w.k < n {
		next := w
		next.k++
		st := &step{prev: past, arrived: r.arrivals[w.k]}
		st.passed = r.model.arrive(&next.endpoint, st.arrived)
		st.after = next.endpoint
		ws.add(next, st)
	}
	for slot, ev := range r.flight {
		bit := uint64(1) << slot
		if ev == nil || w.made&bit != 0 {
			continue
		}
		next := w
		a := r.model.call(&next.endpoint, ev)
		if a.fault == Blocks {
			a = interrupted(a, ev)
		}
		if a.fault == Blocks {
			continue
		}
		r.predict(ev, a.fault)
		if !a.agrees(ev) {
			continue
		}
		next.made |= bit
		ws.add(next, &step{prev: past, call: ev, answer: a, after: next.endpoint})
	}
}

// interrupted turns a call that waits into one that its own program ended: by
// a deadline that has passed, or by a context.
func interrupted(a answer, ev *scenario.Event) answer {
	switch {
	case !ev.Deadline.IsZero() && !ev.End.Before(ev.Deadline):
		a.fault = scenario.Deadline
	case ev.Op == scenario.OpDial && (ev.Fault == scenario.Canceled || ev.Fault == scenario.Deadline):
		a.fault = ev.Fault
	}
	return a
}

func (r *replay) predict(ev *scenario.Event, f scenario.Fault) {
	if !slices.Contains(r.predicted[ev.ID], f) {
		r.predicted[ev.ID] = append(r.predicted[ev.ID], f)
	}
}

func (r *replay) keep(next *worlds) {
	r.overflow = r.overflow || next.full()
	r.worlds = next
}
