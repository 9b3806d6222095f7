package survey

import "github.com/rstwatch/rstwatch/capture"

// gaps are the holes in what was captured of a side, by record and side. There
// are few: a hole is forgotten once it is filled or has been acknowledged.
type gaps struct {
	open  map[uint64]hole
	count map[uint64]uint32 // how many holes were acknowledged
}

// hole is where payload is missing: from edge to left; what follows up to right
// is there.
type hole struct{ edge, left, right capture.Seq }

func holeKey(id uint32, from int) uint64 { return uint64(id)<<1 | uint64(from) }

// follow notes a hole before a segment's payload, fills one, and adds a letter
// if the other side has acknowledged what the capture lacks. before is the end
// of what the sender had sent.
func (g *gaps) follow(t *Tracker, r *record, id uint32, from int, b *capture.Brief, before capture.Seq, advanced bool) {
	if b.Len > 0 && !b.Flags.Has(capture.RST) {
		g.data(r, holeKey(id, from), from, b, before)
	}
	if !advanced {
		return
	}
	k, peer := holeKey(id, 1-from), &r.sides[1-from]
	ack := b.Ack
	if peer.fin > 0 && ack == peer.last {
		ack-- // the FIN's own
	}
	h, ok := g.open[k]
	missing := ok && ack.After(h.edge) || ack.After(peer.last) && peer.packets > 0
	if ok && !ack.Before(h.left) {
		delete(g.open, k)
	}
	if missing && r.sound() {
		g.count[k]++
		t.tenfold(r, 1-from, g.count[k], 'G')
	}
}

func (g *gaps) data(r *record, k uint64, from int, b *capture.Brief, before capture.Seq) {
	start, s := b.Seq, &r.sides[from]
	if b.Flags.Has(capture.SYN) {
		start++
	}
	end := start.Add(int(b.Len))
	h, ok := hole{}, false
	if len(g.open) > 0 {
		h, ok = g.open[k]
	}
	edge := before
	if !edge.After(s.start) {
		edge = s.start + 1
	}
	switch {
	case b.Cut && !ok:
		g.open[k] = hole{start, end, end} // the length is known, but not what it was
	case b.Cut:
		h.left, h.right = end, end
		g.open[k] = h
	case !ok && start.After(edge) && s.packets > 1:
		g.open[k] = hole{edge, start, end}
	case ok && !start.After(h.edge) && !end.Before(h.left):
		delete(g.open, k)
	case ok && !start.After(h.edge) && end.After(h.edge):
		h.edge = end
		g.open[k] = h
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
