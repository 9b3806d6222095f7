//go:build mutate

package analysis

import (
	"slices"

	"github.com/rstwatch/rstwatch/scenario"
)

// The states in which a row can be asked at all: only those make a mutant.

// states are those that a socket can be in: only Linux has time-wait buckets
// that are not in TIME_WAIT.
func (m *Model) states() states {
	set := in(everyState(Closed)...)
	if !slices.ContainsFunc(m.calls, func(r callRule) bool { return r.next == FinWait2Bucket }) {
		set &^= in(FinWait2Bucket)
	}
	return set
}

// segmentStates leaves out those in which an earlier row catches every segment.
func segmentStates(m *Model, row int) states {
	set := m.states()
	for _, r := range m.segments[:row] {
		if r.final && r.when == nil {
			set &^= r.in
		}
	}
	return set
}

// callStates leaves out those in which an earlier row answers every such call,
// and those in which no such call can be made.
func callStates(m *Model, row int) states {
	set := states(0)
	for _, op := range m.calls[row].ops {
		met := m.states() & madeIn(op)
		for i := range m.calls[:row] {
			if r := &m.calls[i]; r.is(op) && r.when == nil {
				met &^= r.in
			}
		}
		set |= met
	}
	return set
}

// madeIn are the states in which a call can be made. A socket in a queue
// belongs to no application yet; nor does what is left of one that it closed,
// which a process or a host can still end with.
func madeIn(op scenario.Op) states {
	switch op {
	case scenario.OpDial:
		return in(Closed, SynSent, SynRecv, Established, CloseWait)
	case scenario.OpAccept:
		return in(Listen, SynRecv, Established, CloseWait, Closed)
	case opUnlisten, opRelisten:
		return ^in(SynSent)
	case scenario.OpKill, scenario.OpVanish, scenario.OpGone:
		return ^in(Listen, SynSent, SynRecv)
	}
	return in(Closed, Established, FinWait1, FinWait2, CloseWait, Closing, LastAck, TimeWait)
}
