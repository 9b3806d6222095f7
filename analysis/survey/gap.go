package survey

import "github.com/rstwatch/rstwatch/capture"

// hole says how far the payload of a side has come without one missing, where
// its sequence numbers do not say that ([side.edge]). Behind it, in order and
// apart from each other, are the pieces that were captured beyond. All numbers
// are relative to the side's start.
type hole struct {
	edge uint32 // all before it was captured, or given up; of a piece: where it begins
	end  uint32 // of a piece: where it ends
	next uint32 // the place of the next piece, plus 1; 0 behind the last
}

// deaf stands in next: the side has sent so much beyond a hole, and nothing of
// it was acknowledged, that nothing will be told of its holes.
const deaf = ^uint32(0)

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
func (t *Tracker) skipped(r *record, at int) (edge capture.Seq, ok bool) {
	s := &r.sides[at]
	if r.endedBy&(skips<<at) == 0 || s.hole == 0 {
		return 0, false
	}
	return s.start + capture.Seq(t.holes.at(s.hole-1).edge), true
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
	if s.hole != 0 {
		edge = t.holes.at(s.hole - 1).edge
	}
	if !after(ack, edge) {
		return
	}
	h := t.head(s)
	for h.next != 0 && h.next != deaf && after(ack, t.holes.at(h.next-1).edge) {
		t.gap(r, at)
		t.absorb(h)
	}
	if after(ack, h.edge) {
		if h.next != deaf {
			t.gap(r, at)
		}
		h.edge = ack
		t.join(h)
	}
	t.settle(s)
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
func (t *Tracker) came(s *side, b *capture.Brief, edge uint32) {
	if s.hole == 0 && b.Len > 0 && !b.Cut && b.Flags&(capture.SYN|capture.RST) == 0 && uint32(b.Seq-s.start) == edge {
		edge += uint32(b.Len)
	}
	if s.hole == 0 && edge == s.edge() {
		return
	}
	h := s.hole
	if head := t.head(s); h == 0 {
		head.edge = edge
	}
	if b.Len > 0 && !b.Cut && !b.Flags.Has(capture.RST) && !s.early(b.Seq) {
		t.piece(s, b)
	}
	t.settle(s)
}

// piece adds a segment's payload to what came of a side that has a hole.
func (t *Tracker) piece(s *side, b *capture.Brief) {
	h := t.head(s)
	from, acked := uint32(b.Seq-s.start), uint32(s.acked-s.start)
	if b.Flags.Has(capture.SYN) {
		from++
	}
	end := from + uint32(b.Len)
	switch {
	case h.next == deaf || !after(end, acked):
		return
	case after(acked, from):
		from = acked
	}
	if after(from, h.edge) {
		t.insert(h, from, end)
	} else if after(end, h.edge) {
		h.edge = end
		t.join(h)
	}
	last := h.edge
	for at := h.next; at != 0; at = t.holes.at(at - 1).next {
		last = t.holes.at(at - 1).end
	}
	if acked <= 1 && last-h.edge > maxAboveHole {
		t.drop(h)
		h.next = deaf
	}
}

// insert puts a piece in its place, and joins it with those that it touches.
func (t *Tracker) insert(h *hole, from, end uint32) {
	n := 0
	link := &h.next
	for ; *link != 0 && after(from, t.holes.at(*link-1).end); n++ {
		link = &t.holes.at(*link - 1).next
	}
	if p := *link; p == 0 || after(t.holes.at(p-1).edge, end) {
		if n >= maxPieces || t.holes.count > 2*t.table.records.count+manyPieces {
			return
		}
		at := t.holes.take()
		*t.holes.at(at) = hole{from, end, p}
		*link = at + 1
		return
	}
	p := t.holes.at(*link - 1)
	if after(p.edge, from) {
		p.edge = from
	}
	if after(end, p.end) {
		p.end = end
	}
	for p.next != 0 && !after(t.holes.at(p.next-1).edge, p.end) {
		at := p.next - 1
		if q := t.holes.at(at); after(q.end, p.end) {
			p.end = q.end
		}
		p.next = t.holes.at(at).next
		t.holes.give(at)
	}
}

// head returns what is known of a side's holes.
func (t *Tracker) head(s *side) *hole {
	if s.hole == 0 {
		s.hole = t.holes.take() + 1
		t.holes.at(s.hole - 1).edge = s.edge()
	}
	return t.holes.at(s.hole - 1)
}

// join takes in the pieces that the edge has reached.
func (t *Tracker) join(h *hole) {
	for h.next != 0 && h.next != deaf && !after(t.holes.at(h.next-1).edge, h.edge) {
		t.absorb(h)
	}
}

// absorb moves the edge to the end of the first piece.
func (t *Tracker) absorb(h *hole) {
	at := h.next - 1
	if p := t.holes.at(at); after(p.end, h.edge) {
		h.edge = p.end
	}
	h.next = t.holes.at(at).next
	t.holes.give(at)
}

// drop forgets the pieces.
func (t *Tracker) drop(h *hole) {
	for h.next != 0 && h.next != deaf {
		t.absorb(h)
	}
}

// settle forgets a side's holes once its sequence numbers say the same.
func (t *Tracker) settle(s *side) {
	if h := t.holes.at(s.hole - 1); h.next == 0 && h.edge == s.edge() {
		t.holes.give(s.hole - 1)
		s.hole = 0
	}
}

// fill forgets the holes of a side.
func (t *Tracker) fill(s *side) {
	if s.hole != 0 {
		t.drop(t.holes.at(s.hole - 1))
		t.holes.give(s.hole - 1)
		s.hole = 0
	}
}
