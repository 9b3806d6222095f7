package survey

import "github.com/rstwatch/rstwatch/capture"

// A side has a hole where its sequence numbers ([side.edge]) do not say how far
// its payload has come without some missing: side.whole does. The record holds
// that itself, since in a capture that cuts frames short each segment with payload
// makes one. Numbers are relative to the side's start.

// piece is what was captured beyond a hole. Those of a side are in order, and
// apart from each other.
type piece struct {
	begin, end uint32
	next       uint32 // the place of the next, plus 1; 0 behind the last
}

// deaf stands in side.pieces: the side has sent so much beyond a hole, and nothing
// of it was acknowledged, that nothing will be told of its holes.
const deaf = ^uint32(0)

func (r *record) hasHole(at int) bool { return r.endedBy&(holed<<at) != 0 }

// What a crafted capture can make of holes is bounded: how many pieces a side
// has, and how many there are beyond those that any connection may have. What is
// beyond a hole of a side that nobody acknowledges is bounded as in Zeek
// (tcp_max_above_hole_without_any_acks).
const (
	maxPieces    = 64
	manyPieces   = 1 << 18
	maxAboveHole = 16384
)

// edge is how far a side's payload has come if none of it is missing.
func (s *side) edge() uint32 {
	n := uint32(s.last - s.start)
	if s.fin > 0 && n == s.histFIN+1 {
		n--
	}
	return max(n, 1)
}

// skipped returns how far the side at has come without a hole, if the capture
// lacks some of what it sent, and not just the octets of what it shows.
func (r *record) skipped(at int) (edge capture.Seq, ok bool) {
	s := &r.sides[at]
	if r.endedBy&(skips<<at) == 0 || !r.hasHole(at) {
		return 0, false
	}
	return s.start + capture.Seq(s.whole), true
}

// after reports whether the relative number a lies behind b.
func after(a, b uint32) bool { return int32(a-b) > 0 }

// early reports whether a sequence number lies before the side's start. That of
// a side that has sent 2 GiB does not.
func (s *side) early(n capture.Seq) bool {
	return n.Before(s.start) && uint32(s.last-s.start) < 1<<31
}

// missed takes an acknowledgement of what a side has sent, and adds a letter
// for each hole that it covers.
func (t *Tracker) missed(r *record, at int, ack uint32) {
	s := &r.sides[at]
	if s.fin > 0 && after(ack, s.histFIN) {
		ack = s.histFIN
	}
	edge := s.edge()
	if r.hasHole(at) {
		edge = s.whole
	}
	if !after(ack, edge) {
		return
	}
	r.tear(at, edge)
	for s.pieces != 0 && s.pieces != deaf && after(ack, t.pieces.at(s.pieces-1).begin) {
		t.gap(r, at)
		t.absorb(s)
	}
	if after(ack, s.whole) {
		if s.pieces != deaf {
			t.gap(r, at)
		}
		s.whole = ack
		t.join(s)
	}
	r.settle(at)
}

// gap counts a hole that was acknowledged. It means something in a connection
// that was established and not torn.
func (t *Tracker) gap(r *record, at int) {
	for i := range r.sides {
		if s := &r.sides[i]; s.state != established && (s.state != closed || s.prev != established) {
			return
		}
	}
	up(&r.sides[at].gaps)
	t.tenfold(r, at, uint32(r.sides[at].gaps), 'G')
}

// came takes what a segment of a side carries; edge is what [side.edge] said
// before it.
func (t *Tracker) came(r *record, at int, b *capture.Brief, edge uint32) {
	s := &r.sides[at]
	if !r.hasHole(at) {
		if b.Len > 0 && !b.Cut && b.Flags&(capture.SYN|capture.RST) == 0 && uint32(b.Seq-s.start) == edge {
			edge += uint32(b.Len)
		}
		if edge == s.edge() {
			return
		}
		r.tear(at, edge)
	}
	if b.Len > 0 && !b.Cut && !b.Flags.Has(capture.RST) && !s.early(b.Seq) {
		t.piece(s, b)
	}
	r.settle(at)
}

// piece adds a segment's payload to what came of a side that has a hole.
func (t *Tracker) piece(s *side, b *capture.Brief) {
	from, acked := uint32(b.Seq-s.start), uint32(s.acked-s.start)
	if b.Flags.Has(capture.SYN) {
		from++
	}
	end := from + uint32(b.Len)
	switch {
	case s.pieces == deaf || !after(end, acked):
		return
	case after(acked, from):
		from = acked
	}
	if after(from, s.whole) {
		t.insert(s, from, end)
	} else if after(end, s.whole) {
		s.whole = end
		t.join(s)
	}
	last := s.whole
	for at := s.pieces; at != 0; at = t.pieces.at(at - 1).next {
		last = t.pieces.at(at - 1).end
	}
	if acked <= 1 && last-s.whole > maxAboveHole {
		t.drop(s)
		s.pieces = deaf
	}
}

// insert puts a piece in its place, and joins it with those that it touches.
func (t *Tracker) insert(s *side, begin, end uint32) {
	n := 0
	link := &s.pieces
	for ; *link != 0 && after(begin, t.pieces.at(*link-1).end); n++ {
		link = &t.pieces.at(*link - 1).next
	}
	if p := *link; p == 0 || after(t.pieces.at(p-1).begin, end) {
		if n >= maxPieces || t.pieces.count > 2*t.table.records.count+manyPieces {
			return
		}
		at := t.pieces.take()
		*t.pieces.at(at) = piece{begin, end, p}
		*link = at + 1
		return
	}
	p := t.pieces.at(*link - 1)
	if after(p.begin, begin) {
		p.begin = begin
	}
	if after(end, p.end) {
		p.end = end
	}
	for p.next != 0 && !after(t.pieces.at(p.next-1).begin, p.end) {
		at := p.next - 1
		if q := t.pieces.at(at); after(q.end, p.end) {
			p.end = q.end
		}
		p.next = t.pieces.at(at).next
		t.pieces.give(at)
	}
}

// tear opens a hole at edge, unless the side has one.
func (r *record) tear(at int, edge uint32) {
	if !r.hasHole(at) {
		r.endedBy |= holed << at
		r.sides[at].whole = edge
	}
}

// join takes in the pieces that the edge has reached.
func (t *Tracker) join(s *side) {
	for s.pieces != 0 && s.pieces != deaf && !after(t.pieces.at(s.pieces-1).begin, s.whole) {
		t.absorb(s)
	}
}

// absorb moves the edge to the end of the first piece.
func (t *Tracker) absorb(s *side) {
	at := s.pieces - 1
	p := t.pieces.at(at)
	if after(p.end, s.whole) {
		s.whole = p.end
	}
	s.pieces = p.next
	t.pieces.give(at)
}

// drop forgets the pieces.
func (t *Tracker) drop(s *side) {
	for s.pieces != 0 && s.pieces != deaf {
		t.absorb(s)
	}
}

// settle forgets a side's hole once its sequence numbers say the same.
func (r *record) settle(at int) {
	if s := &r.sides[at]; s.pieces == 0 && s.whole == s.edge() {
		r.endedBy &^= holed << at
	}
}
