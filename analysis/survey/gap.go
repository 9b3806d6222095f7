package survey

import "github.com/rstwatch/rstwatch/capture"

// hole is where payload of a side is missing: from edge to left; what follows
// is there. There are few at a time: a hole is forgotten once it is filled or has
// been acknowledged.
type hole struct{ edge, left capture.Seq }

// dig notes a hole in what a side has sent, in place of the one that it has.
func (t *Tracker) dig(s *side, h hole) {
	if s.hole == 0 {
		s.hole = t.holes.take() + 1
	}
	*t.holes.at(s.hole - 1) = h
}

// fill forgets the hole of a side.
func (t *Tracker) fill(s *side) {
	if s.hole != 0 {
		t.holes.give(s.hole - 1)
		s.hole = 0
	}
}

// missing notes a hole before a segment's payload, fills one, and adds a letter
// if the other side has acknowledged what the capture lacks. before is the end
// of what the sender had sent.
func (t *Tracker) missing(r *record, from int, b *capture.Brief, before capture.Seq, advanced bool) {
	if b.Len > 0 && !b.Flags.Has(capture.RST) {
		t.gap(&r.sides[from], b, before)
	}
	if !advanced {
		return
	}
	peer := &r.sides[1-from]
	ack := b.Ack
	if peer.fin > 0 && ack == peer.last {
		ack-- // the FIN's own
	}
	missing := ack.After(peer.last) && peer.packets > 0
	if peer.hole != 0 {
		h := t.holes.at(peer.hole - 1)
		missing = missing || ack.After(h.edge)
		if !ack.Before(h.left) {
			t.fill(peer)
		}
	}
	if missing && r.sound() {
		up(&peer.gaps)
		t.tenfold(r, 1-from, uint32(peer.gaps), 'G')
	}
}

// gap compares where a segment's payload lies with what the side has sent.
func (t *Tracker) gap(s *side, b *capture.Brief, before capture.Seq) {
	start := b.Seq
	if b.Flags.Has(capture.SYN) {
		start++
	}
	end := start.Add(int(b.Len))
	if s.hole == 0 {
		edge := before
		if !edge.After(s.start) {
			edge = s.start + 1
		}
		switch {
		case b.Cut:
			t.dig(s, hole{start, end}) // the length is known, but not what it was
		case start.After(edge) && s.packets > 1:
			t.dig(s, hole{edge, start})
		}
		return
	}
	h := t.holes.at(s.hole - 1)
	switch {
	case b.Cut:
		h.left = end
	case start.After(h.edge):
	case !end.Before(h.left):
		t.fill(s)
	case end.After(h.edge):
		h.edge = end
	}
}

// sound reports whether a hole means something: in a connection that was
// established, and not torn.
func (r *record) sound() bool {
	a, b := &r.sides[0], &r.sides[1]
	switch {
	case a.state == closed && b.state == closed:
		return a.prev == established && b.prev == established
	case a.state == established:
		return b.state == established || b.state == closed && b.prev == established
	}
	return a.state == closed && a.prev == established && b.state == established
}
