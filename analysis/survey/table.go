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
func (k *key) hash(seed maphash.Seed) uint64 {
	var b [38]byte
	copy(b[:], k.addr[0][:])
	copy(b[16:], k.addr[1][:])
	binary.LittleEndian.PutUint16(b[32:], k.port[0])
	binary.LittleEndian.PutUint16(b[34:], k.port[1])
	binary.LittleEndian.PutUint16(b[36:], k.v6)
	return maphash.Bytes(seed, b[:])
}

const pageSize = 1 << 10

// table finds the newest record of a key: open addressing, linear probing,
// numbers of records in pages that never move.
type table struct {
	seed  maphash.Seed
	slots []uint32 // the record's number plus 1
	used  int
	pages []*[pageSize]record
	count uint32 // records handed out
	idle  []uint32
}

func newTable() table {
	return table{seed: maphash.MakeSeed(), slots: make([]uint32, 1<<10)}
}

func (t *table) record(n uint32) *record { return &t.pages[n/pageSize][n%pageSize] }

// find returns the slot of k: the one that holds it, or the one to hold it.
func (t *table) find(k *key) uint32 {
	mask := uint32(len(t.slots) - 1)
	at := uint32(k.hash(t.seed)) & mask
	for {
		n := t.slots[at]
		if n == 0 || t.record(n-1).key == *k {
			return at
		}
		at = (at + 1) & mask
	}
}

// alloc returns a zero record.
func (t *table) alloc() (uint32, *record) {
	if n := len(t.idle); n > 0 {
		id := t.idle[n-1]
		t.idle = t.idle[:n-1]
		r := t.record(id)
		*r = record{}
		return id, r
	}
	id := t.count
	if id%pageSize == 0 {
		t.pages = append(t.pages, new([pageSize]record))
	}
	t.count++
	return id, t.record(id)
}

// put makes the slot at stand for a record.
func (t *table) put(at, id uint32) {
	if t.slots[at] == 0 {
		t.used++
	}
	t.slots[at] = id + 1
	if t.used*4 > len(t.slots)*3 {
		t.rebuild(2 * len(t.slots))
	}
}

// rebuild fills the slots anew, with the newest record of each key.
func (t *table) rebuild(size int) {
	if size == len(t.slots) {
		clear(t.slots)
	} else {
		t.slots = make([]uint32, size)
	}
	t.used = 0
	for id := range t.count {
		if r := t.record(id); r.marks&(free|replaced) == 0 {
			t.slots[t.find(&r.key)] = id + 1
			t.used++
		}
	}
}
