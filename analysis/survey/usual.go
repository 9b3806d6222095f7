package survey

import "github.com/rstwatch/rstwatch/capture"

// steady are the states in which a segment without SYN, FIN or RST changes none.
const steady = 1<<synSent | 1<<synAckSent | 1<<partial | 1<<established | 1<<closed

// usual does to a record what turn does if a segment is what nearly all are: a SYN, its
// answer, what comes in order after them, and the first FIN. It reports whether it was,
// and has done nothing if it was not. What turn asks at a dozen places, any of which the
// processor may guess wrong, is known here from a few that nearly always hold.
func (t *Tracker) usual(r *record, from int, nanos int64, b *capture.Brief) bool {
	if b.Window == 0 {
		return false
	}
	switch b.Flags & telling {
	case capture.ACK:
		return t.along(r, from, b)
	case capture.SYN:
		return t.asks(r, from, b)
	case capture.SYN | capture.ACK:
		return t.accepts(r, from, b)
	case capture.FIN | capture.ACK:
		return t.leaves(r, from, nanos, b)
	}
	return false
}

// inOrder reports whether a segment with an ACK is where its sender left off, and
// acknowledges nothing but what the other side has sent.
func (s *side) inOrder(peer *side, b *capture.Brief) bool {
	return b.Seq == s.last && b.Ack != 0 && peer.state != inactive &&
		!b.Ack.Before(peer.acked) && !b.Ack.After(peer.last) && !peer.early(b.Ack)
}

// along takes data or an acknowledgement.
func (t *Tracker) along(r *record, from int, b *capture.Brief) bool {
	s, peer := r.both(from)
	if !s.inOrder(peer, b) || steady>>s.state&1 == 0 || s.fin > 0 && b.Len > 0 {
		return false
	}
	letter, c := letterACK, byte('A')
	if b.Len > 0 {
		letter, c = letterData, 'D'
	}
	if s.letters&letter == 0 {
		if r.letters < 2 {
			return false // see once
		}
		s.letters |= letter
		t.letter(r, from, c)
	}
	edge := s.edge()
	peer.acked = b.Ack
	s.last = s.last.Add(int(b.Len))
	if s.shallow(peer) && (b.Len == 0 || b.Cut || !r.hasHole(from)) {
		t.overShallow(r, from, b, edge)
		return true
	}
	if (r.hasHole(1-from) || peer.fin > 0) && b.Ack != peer.start {
		t.missed(r, 1-from, uint32(b.Ack-peer.start))
	}
	if b.Cut || s.fin > 0 || r.hasHole(from) {
		t.came(r, from, b, edge)
	}
	return true
}

// asks takes the SYN that opens a connection.
func (t *Tracker) asks(r *record, from int, b *capture.Brief) bool {
	s, peer := r.both(from)
	if s.state|peer.state != inactive || s.letters|peer.letters|r.letters != 0 || from != r.originator() || b.Len > 0 {
		return false
	}
	s.syn = 1
	s.start, s.acked, s.last = b.Seq, b.Seq, b.Seq+1
	s.letters = numbered | letterSYN
	t.letter(r, from, 'S')
	s.enter(synSent)
	return true
}

// accepts takes the answer to that.
func (t *Tracker) accepts(r *record, from int, b *capture.Brief) bool {
	s, peer := r.both(from)
	if s.state != inactive || s.letters != 0 || peer.state != synSent || peer.fin > 0 || from == r.originator() ||
		b.Len > 0 || b.Ack != peer.last || r.endedBy&(holed|holed<<1) != 0 {
		return false
	}
	up(&s.syn)
	if b.HasTimestamps {
		r.marks |= stamping
	}
	s.start, s.acked, s.last = b.Seq, b.Seq, b.Seq+1
	s.letters = numbered | letterSYN
	t.letter(r, from, 'H')
	peer.acknowledge(b)
	peer.enter(established)
	s.enter(established)
	return true
}

// leaves takes the first FIN.
func (t *Tracker) leaves(r *record, from int, nanos int64, b *capture.Brief) bool {
	s, peer := r.both(from)
	if !s.inOrder(peer, b) || s.state != established || peer.state == reset || s.fin > 0 || s.letters&letterFIN != 0 {
		return false
	}
	r.ends(from, nanos)
	s.letters |= letterFIN
	t.letter(r, from, 'F')
	edge := s.edge()
	s.histFIN = uint32(b.Seq - s.start + capture.Seq(b.Len))
	s.fin = 1
	peer.acked = b.Ack
	s.last = s.last.Add(int(b.Len) + 1)
	s.enter(closed)
	if (r.hasHole(1-from) || peer.fin > 0) && b.Ack != peer.start {
		t.missed(r, 1-from, uint32(b.Ack-peer.start))
	}
	t.came(r, from, b, edge)
	return true
}
