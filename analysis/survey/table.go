package survey

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"

	"github.com/rstwatch/rstwatch/capture"
)

// key names an address pair, whoever sends: the lower end comes first.
type key struct {
	addr [2][16]byte
	port [2]uint16
	v6   uint16 // 1 for IPv6; wide, so that the key has no padding
}

// keyOf returns the key of a segment, and which of its ends has sent it.
func keyOf(b *capture.Brief) (k key, from int) {
	if c := bytes.Compare(b.Src[:], b.Dst[:]); c > 0 || c == 0 && b.SrcPort > b.DstPort {
		k.addr[0], k.addr[1], k.port[0], k.port[1], from = b.Dst, b.Src, b.DstPort, b.SrcPort, 1
	} else {
		k.addr[0], k.addr[1], k.port[0], k.port[1] = b.Src, b.Dst, b.SrcPort, b.DstPort
	}
	if b.V6 {
		k.v6 = 1
	}
	return k, from
}

// hash is what the sender of a capture can not foresee. Not maphash.Comparable:
// without the runtime's hash (-tags purego) that goes by reflection.
func (k *key) hash(seed maphash.Seed) uint32 {
	var b [38]byte
	copy(b[:], k.addr[0][:])
	copy(b[16:], k.addr[1][:])
	binary.LittleEndian.PutUint16(b[32:], k.port[0])
	binary.LittleEndian.PutUint16(b[34:], k.port[1])
	binary.LittleEndian.PutUint16(b[36:], k.v6)
	return uint32(maphash.Bytes(seed, b[:]))
}

// table finds the newest record of a key: open addressing, linear probing. A
// slot has a hash in its upper half, and in the lower the record's number plus
// 1. The hash says where in the table the search begins, so that a probe seldom
// looks at a record that it does not want, and a larger table is filled without
// a look at any.
type table struct {
	seed    maphash.Seed
	slots   []uint64
	used    int
	records slab[record]
}

func newTable() table {
	return table{seed: maphash.MakeSeed(), slots: make([]uint64, 1<<10)}
}

func (t *table) record(n uint32) *record { return t.records.at(n) }

// begin is where the search for a hash begins.
func (t *table) begin(hash uint32) int { return int(uint64(hash) * uint64(len(t.slots)) >> 32) }

// find returns the slot of k: the one that holds it, or the one to hold it.
func (t *table) find(k *key, hash uint32) int {
	for at := t.begin(hash); ; {
		s := t.slots[at]
		if s == 0 || uint32(s>>32) == hash && t.record(uint32(s)-1).key == *k {
			return at
		}
		if at++; at == len(t.slots) {
			at = 0
		}
	}
}

// put makes the slot at stand for a record.
func (t *table) put(at int, hash, id uint32) {
	if t.slots[at] == 0 {
		t.used++
	}
	t.slots[at] = uint64(hash)<<32 | uint64(id+1)
	if t.used*8 > len(t.slots)*7 {
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
	at := t.begin(uint32(s >> 32))
	for t.slots[at] != 0 {
		if at++; at == len(t.slots) {
			at = 0
		}
	}
	t.slots[at] = s
}

// sweep takes out the slots whose records are free.
func (t *table) sweep() {
	kept := make([]uint64, 0, t.used)
	for _, s := range t.slots {
		if s != 0 && t.record(uint32(s)-1).marks&free == 0 {
			kept = append(kept, s)
		}
	}
	clear(t.slots)
	t.used = len(kept)
	for _, s := range kept {
		t.refill(s)
	}
}
