package survey

import (
	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
)

// fates remember what the model has said of sockets that stand alike. A side
// holds the number of its fate once a RST or an ICMP error has ended it: nothing
// that comes later changes that (SEMANTICS.md §3.3).
type fates struct {
	model  *analysis.Model
	list   []fate
	known  map[fate]uint8
	stands map[standing]uint8
	ended  *[endings]ending // what ends returned of late
}

// endings is how many results of ends are kept at hand: a few dozen ways to stand
// are those of nearly all sockets, and a look into the map takes several times as
// long as one at these.
const endings = 64

// ending is how a socket stood, and what ends returned.
type ending struct {
	of    standing
	fate  uint8
	known bool
}

// fate is what a socket's calls return.
type fate struct {
	calls Calls
	doubt bool // it is not certain that what ended the socket has: a later RST may say more
	soft  icmp // nothing has ended it, but this has come
}

// The first fates: none yet, and one of which nothing can be told.
const (
	undecided uint8 = iota
	untold
)

func newFates(m *analysis.Model) fates {
	return fates{model: m, list: []fate{{}, {calls: unknownCalls, doubt: true}},
		known: make(map[fate]uint8), stands: make(map[standing]uint8), ended: new([endings]ending)}
}

// of returns the number of the fate of a socket that stands so.
func (f *fates) of(st standing) uint8 {
	if n, ok := f.stands[st]; ok {
		return n
	}
	n := f.number(fate{calls: callsOf(f.model, st), doubt: st.either != st.rst})
	f.stands[st] = n
	return n
}

// ends returns the fate of a socket that stands so since a RST or an ICMP error
// came, undecided if that has changed nothing.
func (f *fates) ends(st standing) uint8 {
	e := &f.ended[st.sum()%endings]
	if !e.known || e.of != st {
		*e = ending{st, f.endsAnew(st), true}
	}
	return e.fate
}

// endsAnew is ends of what is not at hand.
func (f *fates) endsAnew(st standing) uint8 {
	before := st
	if f.list[f.of(st)].calls == unknownCalls {
		return untold
	}
	before.rst, before.either, before.icmp, before.own = 0, 0, icmp{}, nil
	if n := f.of(st); f.list[n].calls != f.list[f.of(before)].calls {
		return n
	}
	return undecided
}

// number returns the number of a fate.
func (f *fates) number(its fate) uint8 {
	n, ok := f.known[its]
	if !ok {
		n = untold // were there ever too many to number
		if len(f.list) < 1<<8 {
			n = uint8(len(f.list))
			f.list = append(f.list, its)
		}
		f.known[its] = n
	}
	return n
}

// lives reports whether nothing has ended a socket of this fate.
func (f *fates) lives(n uint8) bool { return n == undecided || f.list[n].soft != icmp{} }

// judge notes what a RST does to both sockets, before the record has taken it in.
func (t *Tracker) judge(r *record, from int, b *capture.Brief) {
	t.outlive(r)
	if peer := &r.sides[1-from]; t.fates.list[peer.fate].doubt || t.fates.lives(peer.fate) {
		if st := t.standing(r, 1-from); !st.nobody && st.reach(t, r, 1-from, b) {
			if n := t.fates.ends(st); n != undecided {
				peer.fate = n
			}
		}
	}
	if s := &r.sides[from]; t.fates.lives(s.fate) {
		s.fate = t.ownEnd(r, from, b)
	}
}

// ownEnd returns the fate of a side that sends a RST itself.
func (t *Tracker) ownEnd(r *record, from int, b *capture.Brief) uint8 {
	st, class := t.standing(r, from), r.classOf(from, b)
	switch {
	case st.nobody, class == &wrong, class.kind == Passive && st.finAcked && st.finReceived:
		return undecided // it has no socket, or goes on, or had done with it
	case len(class.reasons) == 0, r.sides[from].elsewhere(b.TTL):
		return untold // somebody else may have sent it, or another system
	}
	st.own = class
	return t.fates.ends(st)
}

// replace notes that another connection has the addresses of r: what becomes of
// a socket of r that nothing has ended is told in that.
func (t *Tracker) replace(r *record) {
	for i := range r.sides {
		if st := t.standing(r, i); t.fates.lives(r.sides[i].fate) && !(st.finAcked && st.finReceived) {
			r.sides[i].fate = untold
		}
	}
}

// outlive takes the fates back if life has gone on after the first RST: if its
// sender has gone on, that did not send it, and if its receiver has acknowledged
// what came later, that did not believe it. A socket that has reset its connection
// sends no FIN, nothing new, and no answer.
func (t *Tracker) outlive(r *record) {
	if r.reset == 0 || r.marks&outlived != 0 {
		return
	}
	res := t.resets.at(r.reset - 1)
	from := int(res.from &^ stamped)
	p, s := &r.sides[from], &r.sides[1-from]
	if p.segFrame <= res.frame {
		return
	}
	heard, told := res.ack, res.flags.Has(capture.ACK)
	if !told && res.provoker != 0 {
		heard, told = res.provSeq.Add(int(res.provLen)), true
	}
	talks := s.segFrame > res.frame && p.segFrame > s.segFrame
	sends := talks || p.segFlags.Has(capture.FIN) || p.segEnd().After(res.seq+1)
	hears := told && p.segFlags.Has(capture.ACK) && p.segAck.After(heard)
	if sends || hears {
		r.marks |= outlived
		p.fate = undecided
		if hears || p.acked.After(res.seq+1) {
			s.fate = undecided
		}
	}
}

// segEnd is the end of the side's newest segment.
func (s *side) segEnd() capture.Seq {
	end := s.segSeq.Add(int(s.segLen))
	if s.segFlags.Has(capture.FIN) {
		end++
	}
	return end
}

// mostCode is the highest code of an ICMP error that there is (RFC 1812 §5.2.7.1).
const mostCode = 15

// quoted notes an ICMP error about a segment: it ends an attempt to connect, and
// says what a timer will that gives up later.
func (t *Tracker) quoted(r *record, from int, b *capture.Brief) {
	s := &r.sides[from]
	if !t.fates.lives(s.fate) || b.Seq.Before(s.acked) || b.Seq.After(s.last) || b.ICMPCode > mostCode {
		return
	}
	st := t.standing(r, from)
	st.icmp = icmp{4, b.ICMPType, b.ICMPCode}
	if b.V6 {
		st.icmp[0] = 6
	}
	if s.fate = t.fates.ends(st); s.fate == undecided {
		s.fate = t.fates.number(fate{soft: st.icmp})
	}
}

// callsOf returns what the next calls of side i return.
func (t *Tracker) callsOf(r *record, i int) Calls {
	t.outlive(r)
	n := r.sides[i].fate
	if t.fates.lives(n) {
		st := t.standing(r, i)
		if st.inFlight {
			st.icmp = t.fates.list[n].soft
		}
		n = t.fates.of(st)
	}
	return t.fates.list[n].calls
}
