package survey

import "encoding/binary"

// more is a later part of a history that a record has no room for.
type more struct {
	before  uint32 // the place of the part before
	depth   uint8  // how many parts there are before
	letters uint8
	history [10]byte
}

// What a crafted capture can make of a history is bounded: of one, and of all
// beyond those that one piece is enough for.
const (
	maxDepth      = 100
	deepHistories = 1 << 18
)

// A record whose history goes on elsewhere has in place of its last four
// letters the place of the newest.
const spillAt = historyRoom - 4

func (r *record) tail() uint32      { return binary.LittleEndian.Uint32(r.history[spillAt:]) }
func (r *record) setTail(at uint32) { binary.LittleEndian.PutUint32(r.history[spillAt:], at) }

// append adds a letter to the history.
func (t *Tracker) append(r *record, c byte) {
	if r.marks&spilled == 0 {
		if r.letters < historyRoom {
			r.history[r.letters] = c
			r.letters++
			return
		}
		t.spill(r)
	}
	m := t.more.at(r.tail())
	if int(m.letters) == len(m.history) {
		if m.depth == maxDepth || m.depth > 0 && t.more.count > t.table.records.count+deepHistories {
			return
		}
		at := t.more.take()
		next := t.more.at(at)
		next.before, next.depth = r.tail(), m.depth+1
		r.setTail(at)
		m = next
	}
	m.history[m.letters] = c
	m.letters++
}

// spill makes room for a history that the record has none for.
func (t *Tracker) spill(r *record) {
	at := t.more.take()
	m := t.more.at(at)
	m.letters = uint8(copy(m.history[:], r.history[spillAt:]))
	r.marks |= spilled
	r.setTail(at)
}

// unspill gives that room back.
func (t *Tracker) unspill(r *record) {
	for at := r.tail(); r.marks&spilled != 0; {
		m := t.more.at(at)
		t.more.give(at)
		if m.depth == 0 {
			r.marks &^= spilled
		}
		at = m.before
	}
}

// historyOf appends a record's history to b.
func (t *Tracker) historyOf(b []byte, r *record) []byte {
	if r.marks&spilled == 0 {
		return append(b, r.history[:r.letters]...)
	}
	b = append(b, r.history[:spillAt]...)
	newest := t.more.at(r.tail())
	for depth := range int(newest.depth) + 1 {
		m := newest
		for int(m.depth) > depth {
			m = t.more.at(m.before)
		}
		b = append(b, m.history[:m.letters]...)
	}
	return b
}
