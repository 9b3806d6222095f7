package survey

import (
	"net/netip"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
)

// standing is what the segments tell of one socket, and what they leave open.
// It is comparable, and small: what follows of equal ones is asked of the model
// once.
type standing struct {
	nobody  bool // nothing shows that there is a socket
	called  bool
	opening bool

	finSent, finAcked, finReceived bool
	finDoubt                       bool // the peer's FIN may have come unseen
	ownDoubt                       bool // so may its own have left
	inFlight                       bool // what it has sent stays unanswered

	rst, either place  // of a RST that came, and where it may lie as well
	icmp        icmp   // an ICMP error that came
	own         *class // of a RST that it has sent itself
}

// sum is a number that differs between most sockets that stand differently.
func (st *standing) sum() (n uint) {
	for i, is := range [...]bool{st.called, st.opening, st.finSent, st.finAcked, st.finReceived, st.finDoubt, st.ownDoubt, st.inFlight} {
		if is {
			n |= 1 << i
		}
	}
	n = n*31 + uint(st.rst)
	n = n*31 + uint(st.either)
	n = n*31 + uint(st.icmp[1])
	if st.own != nil {
		n = n*31 + uint(len(st.own.rule)+len(st.own.reasons))
	}
	return n ^ n>>6
}

// icmp is an ICMP error: 4 or 6, its type and its code.
type icmp [3]uint8

// standing returns how the socket of side i stands.
func (t *Tracker) standing(r *record, i int) (st standing) {
	s, p := &r.sides[i], &r.sides[1-i]
	silent := s.packets == 0 && p.letters&(letterACK|letterData|letterFIN) == 0
	// What it sent may be of a connection before: a challenge to the SYN.
	taken := p.acked.After(p.start) && (!p.segFlags.Has(capture.SYN) || uint32(p.acked-p.start) <= 1+uint32(p.segLen))
	elsewhere := s.syn == 0 && p.syn > 0 && !taken
	if silent || elsewhere {
		st.nobody = true
		return st
	}
	st.called = i != r.originator()
	switch {
	case s.syn == 0:
	case st.called:
		st.opening = s.acked == s.start && p.packets > 0
	default:
		st.opening = p.syn == 0 && s.segFlags.Has(capture.SYN)
	}
	midway := s.syn == 0 && p.syn == 0
	st.finSent = s.fin > 0
	st.finAcked = st.finSent && !s.acked.Before(s.finEnd())
	st.ownDoubt = !st.finSent && r.octets.none(i) && (midway || s.packets == 0)
	edge, hole := r.skipped(1 - i)
	switch {
	case p.fin > 0 && (!p.acked.Before(p.finEnd()) || !hole || !edge.Before(p.finEnd()-1)):
		st.finReceived = true
	case p.fin > 0, p.state != inactive && p.rst == 0 && p.acked.After(p.last):
		st.finDoubt = true
	case r.octets.none(1-i) && (midway || p.state == inactive) && !st.opening:
		st.finDoubt = true // it may have come before the capture began
	}
	st.inFlight = st.opening || s.last.After(s.acked) && s.segFrame > p.segFrame && (s.resent > 0 || s.fin > 1)
	return st
}

// finEnd is the sequence number after the side's FIN.
func (s *side) finEnd() capture.Seq { return s.start.Add(int(s.histFIN)) + 1 }

// reach notes that a RST has come to the socket of side i, and reports whether
// that matters to any model.
func (st *standing) reach(t *Tracker, r *record, i int, b *capture.Brief) bool {
	s, p := &r.sides[i], &r.sides[1-i]
	if st.opening && !st.called {
		st.rst = placeIs
		if b.Flags.Has(capture.ACK) && b.Ack.After(s.start) && !b.Ack.After(s.last) {
			st.rst |= placeAcks
		}
		st.either = st.rst
		return true
	}
	next := r.received(1 - i)
	unsaid := 0
	if s.packets > 0 && p.state != inactive {
		unsaid = max(0, next.Sub(p.acked))
	}
	st.rst = placeOf(b.Seq.Sub(next), unsaid)
	st.either = st.rst
	edge, hole := r.skipped(1 - i)
	switch {
	case hole && !p.acked.After(edge): // what the capture lacks may have been lost on the way as well
		st.either = placeOf(b.Seq.Sub(edge), max(0, edge.Sub(p.acked)))
		if b.Seq == next {
			st.either = placeIs | placeEdge
		}
	case b.Seq == p.acked && b.Seq != next && s.segFrame > p.segFrame && p.state != inactive:
		// It answers what its receiver said after the sender's last: that may never have come.
		st.rst = placeOf(0, 0)
	case s.packets == 0: // nobody knows what it has acknowledged
		st.either = placeOf(b.Seq.Sub(next), farBehind)
	}
	return st.rst|st.either != 0
}

// received is the next sequence number that the other side expects, if all has
// come that the capture shows or that it has acknowledged.
func (r *record) received(from int) capture.Seq {
	p := &r.sides[from]
	switch {
	case p.state == inactive:
		return p.acked + 1
	case p.rst > 0: // which has moved the end of what was sent
		if end := p.segEnd(); end.After(p.acked) {
			return end
		}
		return p.acked
	case p.acked.After(p.last):
		return p.acked
	}
	return p.last
}

// place is an [analysis.Arrival] in an octet: Offset, which is 0 to -4, in its
// lower bits, then Unsaid, then the rest. 0 is none.
type place uint8

const (
	placeOffset place = 7
	placeUnsaid place = 3 << 3
	placeIs     place = 1 << 5
	placeEdge   place = 1 << 6
	placeAcks   place = 1 << 7

	farBehind = 3 // stands for any more than that: only whether numbers are equal matters
)

// placeOf returns where a RST lies offset beyond what its receiver expects, which
// has not acknowledged the last unsaid octets; 0 if no model believes it.
func placeOf(offset, unsaid int) place {
	exact := offset == 0 || offset == -1
	said := offset+unsaid == 0 || offset+unsaid == -1
	if !exact && !said {
		return 0
	}
	if far := unsaid - farBehind; far > 0 {
		unsaid = farBehind
		if !exact {
			offset += far
		}
	}
	return placeIs | place(-offset) | place(unsaid)<<3
}

func (p place) arrival() analysis.Arrival {
	return analysis.Arrival{Is: p&placeIs != 0, Offset: -int(p & placeOffset), Unsaid: int(p&placeUnsaid) >> 3,
		Edge: p&placeEdge != 0, Acks: p&placeAcks != 0}
}

// facts returns what the model is told of st, in each way that st leaves open:
// the likeliest first.
func (st *standing) facts() []analysis.Facts {
	f := analysis.Facts{Called: st.called, Opening: st.opening, FINSent: st.finSent, FINAcked: st.finAcked,
		FINReceived: st.finReceived, RST: st.rst.arrival()}
	if st.icmp[0] != 0 {
		f.ICMP = capture.ICMP{From: netip.IPv4Unspecified(), Type: st.icmp[1], Code: st.icmp[2]}
		if st.icmp[0] == 6 {
			f.ICMP.From = netip.IPv6Unspecified()
		}
	}
	if st.own != nil {
		f.Own = st.own.reasons
	}
	all := []analysis.Facts{f}
	if st.either != st.rst {
		f.RST = st.either.arrival()
		all = append(all, f)
	}
	if st.finDoubt {
		for _, f := range all {
			f.FINReceived = true
			all = append(all, f)
		}
	}
	if st.ownDoubt {
		for _, f := range all {
			f.FINSent = true
			all = append(all, f)
		}
	}
	return all
}
