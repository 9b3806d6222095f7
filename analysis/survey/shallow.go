package survey

import "github.com/rstwatch/rstwatch/capture"

// A capture that cuts frames short has a hole for nearly every segment with payload,
// and the next acknowledgement covers it. Which segment does which of that can not be
// foreseen: overShallow is what missed and came do about such a hole, without a branch
// that the processor would often guess wrong. Its conditions are numbers, 0 or 1.

// shallow reports whether both sides are in the midst of it, and nothing was captured
// behind a hole of theirs.
func (s *side) shallow(peer *side) bool {
	return s.state == established && peer.state == established && s.fin|peer.fin == 0 && s.pieces|peer.pieces == 0 && peer.gaps+1 != 0
}

// overShallow takes the acknowledgement of a segment in order, and its payload, which has
// moved its sender's end on from edge, and does not fill a hole.
func (t *Tracker) overShallow(r *record, from int, b *capture.Brief, edge uint32) {
	s, peer := r.both(from)
	own, other := holedShift+uint(from&1), holedShift+uint(from&1^1)

	ack := uint32(b.Ack - peer.start)
	covers := r.endedBy >> other & is(ack != 0) & is(after(ack, peer.whole))
	peer.gaps += uint16(covers)
	if tenth(uint32(peer.gaps)) && covers == 1 {
		t.letter(r, 1-from, 'G')
	}
	peer.whole ^= (peer.whole ^ ack) & -uint32(covers)
	closes := covers & is(ack == peer.edge())

	now := s.edge()
	hole := r.endedBy >> own & 1
	tears := ^hole & is(b.Cut) & is(edge != now)
	s.whole ^= (s.whole ^ edge) & -uint32(tears)
	hole = (hole | tears) & is(s.whole != now)

	r.endedBy = r.endedBy&^(1<<own|closes<<other) | hole<<own
}

// is is 1 for true, and 0 for false.
func is(yes bool) (n uint8) {
	if yes {
		n = 1
	}
	return n
}
