package survey

import "github.com/rstwatch/rstwatch/capture"

// table finds the newest record of a key: open addressing, linear probing. A
// slot has a hash in its upper half, and in the lower the record's number plus
// 1. The hash says where in the table the search begins, so that a probe seldom
// looks at a record that it does not want, and a larger table is filled without
// a look at any.
type table struct {
	seed    *seed
	slots   []uint64
	used    int
	records slab[record]
	recent  *[recentSize]pair // slots of late, by hash
	moved   uint32            // how often a slot has changed its record, or was taken out
}

// pair is two slots of late, of those whose hashes begin alike, the later first:
// connections that are under way seldom drive each other out. Each is a slot as it
// stands in the table, or 0.
type pair [2]uint64

// of returns the slot with this hash, 0 if it is not there.
func (p *pair) of(h hash) uint64 {
	if s := p[0]; hash(s>>32) == h&^1 {
		return s
	}
	if s := p[1]; hash(s>>32) == h&^1 {
		return s
	}
	return 0
}

// note keeps a slot that is not there.
func (p *pair) note(s uint64) { *p = pair{s, p[0]} }

// replace puts a slot, or 0, in the place of another, and reports whether that was there.
func (p *pair) replace(old, s uint64) bool {
	for i := range p {
		if p[i] == old {
			p[i] = s
			return true
		}
	}
	return false
}

// recentSize is how many pairs of slots of late are kept in one place: those of a few
// thousand connections under way lie far apart among those of millions, each
// where neither the cache nor the TLB has it.
const recentSize = 1 << 13

func newTable() table {
	return table{seed: newSeed(), slots: make([]uint64, 1<<10), recent: new([recentSize]pair)}
}

func (t *table) record(n uint32) *record { return t.records.at(n) }

// begin is where the search for a hash begins.
func (t *table) begin(h hash) int { return int(uint64(h&^1) * uint64(len(t.slots)) >> 32) }

// find returns the slot for the connection of a segment with this hash: the one
// that holds it, or the one to hold it.
func (t *table) find(h hash, b *capture.Brief) int {
	at := t.begin(h)
	for {
		s := t.slots[at]
		if s == 0 || hash(s>>32) == h&^1 && t.record(uint32(s)-1).key.is(b, h.from()) {
			return at
		}
		if at++; at == len(t.slots) {
			at = 0
		}
	}
}

// likely returns the first slot that find may return, without a look at a record.
func (t *table) likely(h hash) int {
	at := t.begin(h)
	for {
		s := t.slots[at]
		if s == 0 || hash(s>>32) == h&^1 {
			return at
		}
		if at++; at == len(t.slots) {
			at = 0
		}
	}
}

// newest returns the number of the record for the connection of a segment with
// this hash, plus 1; 0 if there is none.
func (t *table) newest(h hash, b *capture.Brief) uint32 {
	late := t.late(h)
	if s := late.of(h); s != 0 && t.record(uint32(s)-1).key.is(b, h.from()) {
		return uint32(s)
	}
	s := t.slots[t.find(h, b)]
	if s != 0 {
		late.note(s)
	}
	return uint32(s)
}

// late is where a slot is kept that was of use of late.
func (t *table) late(h hash) *pair { return &t.recent[h>>1%recentSize] }

// put makes the slot at stand for a record.
func (t *table) put(at int, h hash, id uint32) {
	old := t.slots[at]
	s := uint64(h&^1)<<32 | uint64(id+1)
	t.slots[at] = s
	if old == 0 {
		t.used++
	} else {
		t.moved++
	}
	if late := t.late(h); old == 0 || !late.replace(old, s) {
		late.note(s)
	}
	if t.used*4 > len(t.slots)*3 {
		t.grow()
	}
}

// grow makes room for half as many records more.
func (t *table) grow() {
	old := t.slots
	t.slots = make([]uint64, len(old)+len(old)/2)
	for _, s := range old {
		if s != 0 {
			t.refill(s)
		}
	}
}

// refill puts a slot into a table that does not have its key.
func (t *table) refill(s uint64) {
	at := t.begin(hash(s >> 32))
	for t.slots[at] != 0 {
		if at++; at == len(t.slots) {
			at = 0
		}
	}
	t.slots[at] = s
}

// remove takes out a record's slot, unless that stands for a newer one. Those
// behind move up, so that no search ends before it finds them.
func (t *table) remove(id uint32) {
	b := t.record(id).key.segment()
	h := t.seed.hash(&b)
	gap := t.find(h, &b)
	if uint32(t.slots[gap]) != id+1 {
		return
	}
	t.late(h).replace(t.slots[gap], 0)
	size := len(t.slots)
	for at := gap; ; {
		if at++; at == size {
			at = 0
		}
		s := t.slots[at]
		if s == 0 {
			break
		}
		begin := t.begin(hash(s >> 32))
		if (at-begin+size)%size >= (at-gap+size)%size {
			t.slots[gap], gap = s, at
		}
	}
	t.slots[gap] = 0
	t.used--
	t.moved++
}
