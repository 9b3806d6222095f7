package analysis

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// life is what one socket can have been from moment to moment: the pasts of the
// worlds that are left in the end, with the times within which each step can
// have happened. What later evidence strikes out is not in it.
type life struct {
	steps []lived // in order of from
	upto  []int64 // the greatest to of the steps up to each
	blind bool    // no call of this side is known: nor is what it has read

	received, sent, called map[int][]int // places in steps, by segment and by event
}

// lived is a step with when the socket can have been what it became by it: from
// is the earliest moment, to the one by which the next step has happened.
type lived struct {
	*step
	from, to int64 // nanoseconds of Unix time
	seen     int   // how many arrivals had reached the socket
	calls    int   // how many calls had taken effect
}

// The bounds of a step of which no moment is known.
const (
	always = math.MinInt64
	never  = math.MaxInt64
)

// bounds returns when a step can have happened, the second moment excluded. An
// arrival is processed once it was stamped, and lead later has been.
func (s *step) bounds(lead time.Duration) (from, to int64) {
	switch {
	case s.arrived != nil:
		at := s.arrived.Time.UnixNano()
		return at, at + int64(lead) + 1
	case s.sent != nil:
		at := s.sent.Time.UnixNano()
		return at, at
	case s.call != nil:
		from, to = s.call.Start.UnixNano(), never
		if !s.call.End.IsZero() {
			to = max(s.call.End.UnixNano(), from)
		}
		if s.idle {
			from = always // what follows in this past may have come before it
		}
		return from, to
	}
	return always, never
}

// life returns what became of the socket, moment by moment. The replay must be
// of a connection that is watched.
func (r *replay) life() *life {
	order := ancestors(r.worlds.past)
	refuse(order)
	place := make(map[*step]int, len(order))
	all := make([]lived, len(order))
	entry := make([]int64, len(order)) // the earliest moment at which the step, or an equal one, can have happened
	for i, s := range order {
		place[s] = i
		all[i].step = s
		all[i].from, _ = s.bounds(r.lead)
		if s.prev != nil {
			before := place[s.prev]
			all[i].from = max(all[i].from, entry[before])
			all[i].seen, all[i].calls = all[before].seen, all[before].calls
		}
		if s.arrived != nil {
			all[i].seen++
		}
		if s.call != nil {
			all[i].calls++
		}
		entry[i] = all[i].from
		for _, o := range s.also {
			entry[i] = min(entry[i], entry[place[o]])
		}
		all[i].to = always
	}
	for _, s := range r.worlds.past {
		all[place[s]].to = never
	}
	for i, s := range slices.Backward(order) {
		if s.prev != nil {
			_, by := s.bounds(r.lead)
			before := &all[place[s.prev]]
			before.to = max(before.to, min(by, all[i].to))
		}
		for _, o := range s.also {
			all[place[o]].to = max(all[place[o]].to, all[i].to)
		}
	}
	l := &life{blind: r.blind, steps: slices.DeleteFunc(all, func(s lived) bool {
		_, by := s.bounds(r.lead)
		return s.from > min(by, s.to) // it can not have been so at any moment
	})}
	slices.SortStableFunc(l.steps, func(a, b lived) int { return cmp.Compare(a.from, b.from) })
	l.index()
	return l
}

// refuse makes a request that was refused what it stayed: where the accept queue
// is full, what ends the handshake makes no connection (tcp_check_req).
func refuse(order []*step) {
	for _, s := range order {
		if s.timer == nil || !s.timer.answer {
			continue
		}
		for p := s.prev; p != nil && p.after.openedBy != (Link{}); p = p.prev {
			p.after.state = SynRecv
		}
	}
}

func (l *life) index() {
	l.received, l.sent, l.called = make(map[int][]int), make(map[int][]int), make(map[int][]int)
	l.upto = make([]int64, len(l.steps))
	for i, s := range l.steps {
		l.upto[i] = s.to
		if i > 0 {
			l.upto[i] = max(l.upto[i], l.upto[i-1])
		}
		switch {
		case s.arrived != nil:
			l.received[s.arrived.ID] = append(l.received[s.arrived.ID], i)
		case s.sent != nil:
			l.sent[s.sent.ID] = append(l.sent[s.sent.ID], i)
		case s.call != nil && s.call.Op != opUnlisten && s.call.Op != opRelisten:
			l.called[s.call.ID] = append(l.called[s.call.ID], i)
		}
	}
}

// ancestors returns the steps in these pasts, each behind those before it and
// those that ended in an equal world.
func ancestors(pasts []*step) (order []*step) {
	known := make(map[*step]bool)
	type visit struct {
		step *step
		next int // which of those before it is to be visited
	}
	for _, last := range pasts {
		stack := []visit{{step: last}}
		for len(stack) > 0 {
			v := &stack[len(stack)-1]
			if v.next == 0 && known[v.step] {
				stack = stack[:len(stack)-1]
				continue
			}
			known[v.step] = true
			before := v.step.before(v.next)
			if v.next++; v.next > 1+len(v.step.also) {
				order = append(order, v.step)
				stack = stack[:len(stack)-1]
				continue
			}
			if before != nil {
				stack = append(stack, visit{step: before})
			}
		}
	}
	return order
}

// before returns the i-th of the steps that must be known before s.
func (s *step) before(i int) *step {
	switch {
	case i == 0:
		return s.prev
	case i <= len(s.also):
		return s.also[i-1]
	}
	return nil
}

// during returns the places of what the socket can have been between two
// moments, both included.
func (l *life) during(from, to int64) (places []int) {
	n, _ := slices.BinarySearchFunc(l.steps, to, func(s lived, at int64) int {
		if s.from > at {
			return 1
		}
		return -1
	})
	for n--; n >= 0 && l.upto[n] > from; n-- {
		if l.steps[n].to > from {
			places = append(places, n)
		}
	}
	slices.Reverse(places)
	return places
}

// sockets returns what the socket can have been at these places.
func (l *life) sockets(places []int) (list []Socket) {
	for _, i := range places {
		s := l.steps[i].after.socket()
		if l.blind {
			s.Unread = 0
		}
		list = s.addTo(list)
	}
	return list
}

// shown returns what the socket was at one of these places in the order in which
// things are shown: of several orders possible it is the one in which all that
// has come has reached the socket, and a call under way has no effect yet.
func (l *life) shown(places []int) []Socket {
	order := func(a, b int) int {
		return cmp.Or(cmp.Compare(l.steps[b].seen, l.steps[a].seen), cmp.Compare(l.steps[a].calls, l.steps[b].calls))
	}
	if len(places) == 0 {
		return nil
	}
	first := slices.MinFunc(places, order)
	return l.sockets(slices.DeleteFunc(slices.Clone(places), func(i int) bool { return order(i, first) != 0 }))
}

// addTo adds the socket, unless list has one that looks alike.
func (s Socket) addTo(list []Socket) []Socket {
	if slices.ContainsFunc(list, func(o Socket) bool { return o.String() == s.String() }) {
		return list
	}
	return append(list, s)
}
