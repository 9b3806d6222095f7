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
	recent  *[recentSize]uint64 // slots of late, by hash
}

// recentSize is how many slots of late are kept in one place: those of a few
// thousand connections under way lie far apart among those of millions, each
// where neither the cache nor the TLB has it.
const recentSize = 1 << 14

func newTable() table {
	return table{seed: newSeed(), slots: make([]uint64, 1<<10), recent: new([recentSize]uint64)}
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
	if n := uint32(*late); n != 0 && hash(*late>>32) == h&^1 && t.record(n-1).key.is(b, h.from()) {
		return n
	}
	s := t.slots[t.find(h, b)]
	if s != 0 {
		*late = s
	}
	return uint32(s)
}

// late is where a slot is kept that was of use of late.
func (t *table) late(h hash) *uint64 { return &t.recent[h>>1%recentSize] }

// put makes the slot at stand for a record.
func (t *table) put(at int, h hash, id uint32) {
	if t.slots[at] == 0 {
		t.used++
	}
	t.slots[at] = uint64(h&^1)<<32 | uint64(id+1)
	*t.late(h) = t.slots[at]
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
	if late := t.late(h); *late == t.slots[gap] {
		*late = 0
	}
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
}
