package analysis

import "github.com/rstwatch/rstwatch/capture"

// reassembly holds what came beyond a hole: up to four ranges of octets and
// the place of a FIN. A value, so that endpoints stay comparable.
type reassembly struct {
	held   [4]capture.Block
	n      uint8
	fin    capture.Seq // the sequence number of a FIN that has come
	hasFIN bool
}

// add notes octets [left, right) and, if fin, a FIN after them. It returns false
// if there is no room for another range.
func (q *reassembly) add(left, right capture.Seq, fin bool) bool {
	if fin {
		q.fin, q.hasFIN = right, true
	}
	if left == right {
		return true
	}
	kept := uint8(0)
	for _, b := range q.held[:q.n] {
		if b.Right.Before(left) || b.Left.After(right) {
			q.held[kept] = b
			kept++
			continue
		}
		if b.Left.Before(left) {
			left = b.Left
		}
		if b.Right.After(right) {
			right = b.Right
		}
	}
	room := int(kept) < len(q.held)
	if room {
		q.held[kept] = capture.Block{Left: left, Right: right}
		kept++
	}
	clear(q.held[kept:])
	q.n = kept
	return room
}

// advance returns how far the octets reach without a hole from next on. What it
// passes is dropped.
func (q *reassembly) advance(next capture.Seq) (reach capture.Seq) {
	reach = next
	for moved := true; moved; {
		moved = false
		kept := uint8(0)
		for _, b := range q.held[:q.n] {
			switch {
			case b.Left.After(reach):
				q.held[kept] = b
				kept++
			case b.Right.After(reach):
				reach, moved = b.Right, true
			}
		}
		clear(q.held[kept:])
		q.n = kept
	}
	return reach
}

// highest returns the right edge of the highest range, if there is one: a
// receiver reports it in its first SACK block (tcp_reset_check).
func (q *reassembly) highest() (right capture.Seq, ok bool) {
	for i, b := range q.held[:q.n] {
		if i == 0 || b.Right.After(right) {
			right = b.Right
		}
	}
	return right, q.n > 0
}
