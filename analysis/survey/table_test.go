package survey

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rstwatch/rstwatch/capture"
)

// TestTable holds the table against a map while records come, are replaced and go.
func TestTable(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	tab, want := newTable(), make(map[uint16]uint32)
	segment := func(port uint16) *capture.Brief {
		b := &capture.Brief{Src: [16]byte{15: 1}, Dst: [16]byte{15: 2}, SrcPort: port, DstPort: 80, V6: true}
		if r.IntN(2) == 0 {
			b.Src, b.Dst, b.SrcPort, b.DstPort = b.Dst, b.Src, b.DstPort, b.SrcPort
		}
		return b
	}
	open := func(port uint16) {
		b := segment(port)
		h := tab.seed.hash(b)
		id := tab.records.take()
		tab.record(id).key.set(b, h.from())
		tab.put(h, b, id)
		want[port] = id
	}
	for range 200_000 {
		port := uint16(r.IntN(6000))
		id, known := want[port]
		switch {
		case !known:
			open(port)
		case r.IntN(8) == 0: // another connection of the same addresses
			open(port)
			tab.remove(tab.hashOf(id), id)
			tab.records.give(id)
		default:
			tab.remove(tab.hashOf(id), id)
			tab.records.give(id)
			delete(want, port)
		}
		port = uint16(r.IntN(6000))
		b := segment(port)
		at := tab.slot(tab.seed.hash(b), b)
		if id, known := want[port]; known && uint32(at) != id+1 || !known && at != 0 {
			t.Fatalf("port %d: slot %#x, want record %d, %v", port, at, id, known)
		}
		if n := tab.newest(tab.seed.hash(b), b); n != uint32(at) {
			t.Fatalf("port %d: record %d of late, and %d in the table", port, n, uint32(at))
		}
		if h := tab.seed.hash(b); at != 0 && tab.likely(h) == 0 {
			t.Fatalf("port %d: no slot is likely", port)
		}
	}
	slots := slotsOf(t, &tab)
	for _, late := range tab.recent {
		for i, s := range late {
			if s != 0 && (!slices.Contains(slots, s) || s == late[1-i]) {
				t.Fatalf("%#x is kept of late, and not in the table, or twice", s)
			}
		}
	}
	if len(slots) != len(want) {
		t.Errorf("%d slots used for %d records", len(slots), len(want))
	}
}

// slotsOf returns the slots in use, each of which must be in the bucket of its hash.
func slotsOf(t *testing.T, tab *table) (slots []uint64) {
	t.Helper()
	seen := make(map[*bucket]bool)
	for i, b := range tab.directory {
		if seen[b] {
			continue
		}
		seen[b] = true
		before := len(slots)
		for _, s := range b.slots {
			if s == 0 {
				continue
			}
			if tab.bucket(hash(s>>32)) != b {
				t.Errorf("%#x is in another bucket than %d", s, i)
			}
			slots = append(slots, s)
		}
		if n := len(slots) - before; n != int(b.used) || n > mostUsed {
			t.Errorf("bucket %d counts %d slots of %d", i, b.used, n)
		}
	}
	return slots
}

// TestTablesDiffer: who sends a capture can not choose addresses that collide.
func TestTablesDiffer(t *testing.T) {
	b := capture.Brief{Src: [16]byte{10: 0xff, 11: 0xff, 15: 1}, Dst: [16]byte{10: 0xff, 11: 0xff, 15: 2}, SrcPort: 1, DstPort: 2}
	seen := make(map[hash]bool)
	for range 100 {
		seen[newSeed().hash(&b)] = true
	}
	if len(seen) < 90 {
		t.Errorf("100 seeds make %d hashes", len(seen))
	}
}

// TestPreparedPage: a page made beforehand is the next one, once, and all its
// places are empty.
func TestPreparedPage(t *testing.T) {
	var s slab[uint32]
	touched := 0
	for i := range uint32(3 * pageSize) {
		if i == pageSize/2 {
			s.prepare(func(b []byte) { touched += len(b) })
			s.prepare(func([]byte) { t.Error("a page is made twice") })
		}
		next := s.stock.Load()
		at := s.take()
		if at != i || *s.at(at) != 0 {
			t.Fatalf("place %d holds %d, want place %d", at, *s.at(at), i)
		}
		if i == pageSize && (next == nil || s.pages[1] != next || s.stock.Load() != nil) {
			t.Error("the page that was made beforehand was not used")
		}
		*s.at(at) = i + 1
	}
	if touched != 4*pageSize {
		t.Errorf("%d octets of a page were touched", touched)
	}
}

// TestCount: counts hold what comes, each for itself, and stop at their end.
func TestCount(t *testing.T) {
	var c counts
	var want [2]uint64
	for i, n := range []uint32{0, 1, 0xffff, 1, 1 << 31, 1<<32 - 1, 1<<32 - 1, 7, 1 << 31, 1 << 31, 5, 1<<32 - 1} {
		side := i / 2 % 2
		if c.none(side) != (want[side] == 0) {
			t.Errorf("%d: none is %v", want[side], c.none(side))
		}
		c.add(side, n)
		want[side] += uint64(n)
		if c.get(0) != want[0] || c.get(1) != want[1] {
			t.Fatalf("%d and %d, want %d", c.get(0), c.get(1), want)
		}
	}
	c.low[1], c.high[1] = 1<<32-10, 1<<16-1
	for _, n := range []uint32{5, 5, 1 << 31, 0} {
		c.add(1, n)
	}
	if c.get(1) != 1<<48-1 || c.get(0) != want[0] {
		t.Errorf("%d and %d at the end", c.get(0), c.get(1))
	}
}
