package survey

import (
	"unsafe"

	"github.com/rstwatch/rstwatch/capture"
)

// table finds the newest record of a key by extendible hashing (Fagin and others, 1979):
// the first bits of a hash say in the directory which bucket has it. A bucket that is
// full is split into two, so that a table grows a little at a time, leaves no smaller
// ones behind, and never looks at a record for it. The hash in a slot keeps a search
// from looking at many that it does not want.
type table struct {
	seed      *seed
	directory []*bucket // 2^depth; a bucket with fewer bits stands in several places
	depth     uint32
	records   slab[record]
	recent    *[recentSize]pair // slots of late, by hash
	moved     uint32            // how often a slot has changed its record, or was taken out
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
	return table{seed: newSeed(), directory: []*bucket{new(bucket)}, recent: new([recentSize]pair)}
}

func (t *table) record(n uint32) *record { return t.records.at(n) }

// bucket returns the one that a hash belongs into.
func (t *table) bucket(h hash) *bucket { return t.directory[h>>(32-t.depth)] }

// first returns the slot in which the search for a hash begins, without a look at the
// bucket: see [slab.at].
func (t *table) first(h hash) *uint64 {
	return (*uint64)(unsafe.Add(unsafe.Pointer(t.bucket(h)), begin(h)*8))
}

// find returns the place in a bucket of the slot for the connection of a segment with
// this hash: the one that holds it, or the one to hold it.
func (t *table) find(b *bucket, h hash, seg *capture.Brief) int {
	for at := begin(h); ; at = behind(at) {
		s := b.slots[at]
		if s == 0 || hash(s>>32) == h&^1 && t.record(uint32(s)-1).key.is(seg, h.from()) {
			return at
		}
	}
}

// likely returns the first slot that find may find, without a look at a record.
func (t *table) likely(h hash) uint64 {
	b := t.bucket(h)
	for at := begin(h); ; at = behind(at) {
		s := b.slots[at]
		if s == 0 || hash(s>>32) == h&^1 {
			return s
		}
	}
}

// slot returns the slot for the connection of a segment with this hash, 0 if there is none.
func (t *table) slot(h hash, seg *capture.Brief) uint64 {
	b := t.bucket(h)
	return b.slots[t.find(b, h, seg)]
}

// newest returns the number of the record for the connection of a segment with
// this hash, plus 1; 0 if there is none.
func (t *table) newest(h hash, b *capture.Brief) uint32 {
	late := t.late(h)
	if s := late.of(h); s != 0 && t.record(uint32(s)-1).key.is(b, h.from()) {
		return uint32(s)
	}
	s := t.slot(h, b)
	if s != 0 {
		late.note(s)
	}
	return uint32(s)
}

// late is where a slot is kept that was of use of late.
func (t *table) late(h hash) *pair { return &t.recent[h>>1%recentSize] }

// put makes a record the newest of its key, which is that of a segment with this hash.
func (t *table) put(h hash, seg *capture.Brief, id uint32) {
	b := t.bucket(h)
	at := t.find(b, h, seg)
	old, s := b.slots[at], uint64(h&^1)<<32|uint64(id+1)
	b.slots[at] = s
	if old == 0 {
		b.used++
	} else {
		t.moved++
	}
	if late := t.late(h); old == 0 || !late.replace(old, s) {
		late.note(s)
	}
	for b.used > mostUsed {
		t.split(h)
		b = t.bucket(h)
	}
}

// split splits the bucket of a hash, for which the directory may have to be twice as large.
func (t *table) split(h hash) {
	b := t.bucket(h)
	if b.depth == t.depth {
		larger := make([]*bucket, 0, 2*len(t.directory))
		for _, b := range t.directory {
			larger = append(larger, b, b)
		}
		t.directory = larger
		t.depth++
	}
	upper := b.split()
	places := len(t.directory) >> upper.depth // of each half
	begin := int(h>>(32-t.depth)) &^ (2*places - 1)
	for i := range places {
		t.directory[begin+places+i] = upper
	}
}

// hashOf returns the hash of a record's key.
func (t *table) hashOf(id uint32) hash {
	seg := t.record(id).key.segment()
	return t.seed.hash(&seg)
}

// remove takes out the slot of a record whose key has this hash, unless a newer one has
// taken its place.
func (t *table) remove(h hash, id uint32) {
	b, own := t.bucket(h), uint64(h&^1)<<32|uint64(id+1)
	at := begin(h)
	for b.slots[at] != own {
		if b.slots[at] == 0 {
			return
		}
		at = behind(at)
	}
	t.late(h).replace(own, 0)
	b.clear(at)
	t.moved++
}
