package survey

import "github.com/rstwatch/rstwatch/capture"

// steady are the states in which a segment without SYN, FIN or RST changes none.
const steady = 1<<synSent | 1<<synAckSent | 1<<partial | 1<<established | 1<<closed

// inOrder reports whether a segment is what most are: data or an acknowledgement,
// where its sender left off, of what the other side has sent, on a connection that
// nobody has begun to close, and not the first of its kind. Of all that follow does
// it takes only what along does.
func (r *record) inOrder(from int, b *capture.Brief) bool {
	s, peer := &r.sides[from], &r.sides[1-from]
	letter := letterACK
	if b.Len > 0 {
		letter = letterData
	}
	return b.Flags&(capture.SYN|capture.FIN|capture.RST|capture.ACK) == capture.ACK && s.letters&letter != 0 &&
		b.Seq == s.last && b.Ack != 0 && b.Window != 0 && s.fin|peer.fin == 0 && steady>>s.state&1 != 0 && peer.state != inactive &&
		!b.Ack.Before(peer.acked) && !b.Ack.After(peer.last) && !peer.early(b.Ack)
}

// along leads a connection on by a segment that is in order.
func (t *Tracker) along(r *record, from int, b *capture.Brief) {
	s, peer := &r.sides[from], &r.sides[1-from]
	edge := s.edge()
	peer.acked = b.Ack
	s.last = s.last.Add(int(b.Len))
	if r.hasHole(1-from) && b.Ack != peer.start {
		t.missed(r, 1-from, uint32(b.Ack-peer.start))
	}
	if b.Cut || r.hasHole(from) {
		t.came(r, from, b, edge)
	}
}
