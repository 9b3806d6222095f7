package survey

import "github.com/rstwatch/rstwatch/capture"

// tooFar is how far a SYN or a RST may lie from what its sender sent before, if
// its sequence number is to count.
const tooFar = 1 << 20

// follow leads a connection on by one segment, in the way of Zeek's TCP
// analyser: first where the sender stands, then the history, then what is
// acknowledged, then the state.
func (t *Tracker) follow(r *record, from int, b *capture.Brief) {
	s, peer := &r.sides[from], &r.sides[1-from]
	end := b.Seq.Add(int(b.Len))
	if b.Flags.Has(capture.RST) {
		end = b.Seq // what a RST carries is no part of the stream
	}
	if b.Flags.Has(capture.SYN) {
		end++
	}
	if b.Flags.Has(capture.FIN) {
		end++
	}
	before, edge := s.last, s.edge()
	s.begin(b, end)
	t.write(r, from, b, end)
	if b.Window == 0 && !b.Flags.Has(capture.RST) && peer.state != closed && s.state != reset {
		up(&s.zero)
		t.tenfold(r, from, uint32(s.zero), 'W')
	}
	if b.Flags.Has(capture.FIN) {
		up(&s.fin)
	}
	if b.Flags.Has(capture.RST) {
		up(&s.rst)
	}
	acked := uint32(0)
	if b.Flags.Has(capture.ACK) {
		acked = peer.acknowledge(b)
	}
	if s.advance(b, end) {
		s.resent++
		t.tenfold(r, from, s.resent, 'T')
	}
	if r.transit(from, b) {
		t.append(r, '^')
	}
	if acked > 0 && (r.hasHole(1-from) || peer.fin > 0 || b.Ack.After(peer.last)) {
		t.missed(r, 1-from, acked)
	}
	if r.hasHole(from) || s.fin > 0 || b.Seq != before || b.Cut || b.Flags&(capture.SYN|capture.RST) != 0 {
		t.came(r, from, b, edge)
		if s.packets > 1 && b.Seq.After(before) && b.Flags&(capture.SYN|capture.RST) == 0 {
			r.endedBy |= skips << from
		}
	}
}

// begin sets the sender's sequence numbers by its first segment, or by a SYN
// that says better.
func (s *side) begin(b *capture.Brief, end capture.Seq) {
	syn := b.Flags.Has(capture.SYN)
	s.letters |= numbered
	switch {
	case s.state == inactive && !syn:
		s.start, s.acked, s.last = b.Seq-1, b.Seq-1, b.Seq
	case s.state == inactive,
		syn && s.state != closed && s.state != reset && (s.start != b.Seq || s.state == established || s.state == partial),
		syn && s.state == reset && s.prev == inactive:
		s.start, s.acked, s.last = b.Seq, b.Seq, end
	}
}

// acknowledge notes in s what the other side's segment acknowledges, and
// returns that, relative to the start; 0 if there is nothing to be learnt from
// it. The acknowledgement of a RST moves nothing.
func (s *side) acknowledge(b *capture.Brief) uint32 {
	if s.state == inactive {
		s.letters |= numbered
		s.start, s.acked, s.last = b.Ack-1, b.Ack-1, b.Ack-1
		return 0
	}
	if s.early(b.Ack) {
		return 0
	}
	if d := b.Ack.Sub(s.acked); d > 0 && !b.Flags.Has(capture.RST) && (b.Ack != 0 || d <= tooFar) {
		s.acked = b.Ack
	}
	return uint32(b.Ack - s.start)
}

// advance moves the end of what was sent, and reports whether the segment held
// only what had been sent before.
func (s *side) advance(b *capture.Brief, end capture.Seq) (resent bool) {
	d := end.Sub(s.last)
	switch {
	case b.Flags&(capture.SYN|capture.RST) != 0 && (d > tooFar || d < -tooFar):
	case b.Flags.Has(capture.FIN) && s.last == s.start+1:
		s.last = end
	case s.state == reset:
	case d > 0:
		s.last = end
	default:
		return b.Len > 0
	}
	return false
}

// transit leads the sender's state on, and reports whether that showed who is
// the originator after all.
func (r *record) transit(from int, b *capture.Brief) (flipped bool) {
	s, peer := &r.sides[from], &r.sides[1-from]
	syn, fin, rst := b.Flags.Has(capture.SYN), b.Flags.Has(capture.FIN), b.Flags.Has(capture.RST)
	switch s.state {
	case inactive:
		return r.firstSegment(from, b)
	case synSent, synAckSent:
		if fin {
			s.enter(closed)
		}
		if rst {
			s.enter(reset)
		}
	case established, partial:
		if syn && s.state == partial && peer.state == inactive && !b.Flags.Has(capture.ACK) {
			s.enter(synSent)
		}
		if fin && !rst {
			s.enter(closed)
			if peer.state == reset && peer.prev == closed {
				peer.enter(closed) // FIN, then RST: it had said goodbye
			}
		}
		if rst {
			s.enter(reset)
		}
	case closed:
		if rst && peer.state != closed {
			s.enter(reset)
		}
	}
	return false
}

// firstSegment is transit for the first segment of a side.
func (r *record) firstSegment(from int, b *capture.Brief) (flipped bool) {
	s, peer := &r.sides[from], &r.sides[1-from]
	ack := b.Flags.Has(capture.ACK)
	if b.Flags.Has(capture.SYN) {
		switch {
		case from == r.originator() && ack:
			s.enter(synAckSent)
		case from == r.originator():
			s.enter(synSent)
		default:
			if !ack && peer.state == synAckSent && b.Seq == s.start {
				r.flip() // the SYN was captured after its SYN,ACK
				flipped = true
				peer.enter(established)
			}
			if peer.state == synSent {
				peer.enter(established)
			}
			s.enter(established)
		}
	}
	if b.Flags.Has(capture.FIN) {
		s.enter(closed)
	}
	if b.Flags.Has(capture.RST) {
		s.enter(reset)
	}
	switch {
	case s.state != inactive:
	case from != r.originator() && b.Len == 0 && peer.state == synSent:
		// A challenge to the SYN: nothing is established by it.
	case ack && peer.state == established:
		s.enter(established)
	default:
		s.enter(partial)
	}
	return flipped
}
