package survey

// bucketSlots is how many slots a bucket has: with their count it takes 4 KiB.
const bucketSlots = 511

// bucket is a part of a table: the slots of all hashes that begin with the same bits,
// by open addressing with linear probing. A slot has a hash in its upper half, and in
// the lower the record's number plus 1; it is 0 if it is empty.
type bucket struct {
	slots [bucketSlots]uint64 // first: see table.first
	used  uint32
	depth uint32 // how many bits those are
}

// mostUsed is how many slots of a bucket may be in use.
const mostUsed = bucketSlots * 3 / 4

// begin is where in a bucket the search for a hash begins: its lower bits say, since the
// upper ones say which bucket that is.
func begin(h hash) int { return int(h >> 1 % (bucketSlots + 1) * bucketSlots / (bucketSlots + 1)) }

// behind is the place after at.
func behind(at int) int {
	if at++; at == bucketSlots {
		return 0
	}
	return at
}

// fill puts a slot, whose key the bucket does not have, where a search finds it.
func (b *bucket) fill(s uint64) {
	at := begin(hash(s >> 32))
	for b.slots[at] != 0 {
		at = behind(at)
	}
	b.slots[at] = s
	b.used++
}

// split moves the slots of hashes whose next bit is set to a new bucket.
func (b *bucket) split() *bucket {
	b.depth++
	upper := &bucket{depth: b.depth}
	all := b.slots
	b.slots, b.used = [bucketSlots]uint64{}, 0
	for _, s := range all {
		switch {
		case s == 0:
		case s>>(64-b.depth)&1 == 0:
			b.fill(s)
		default:
			upper.fill(s)
		}
	}
	return upper
}

// clear empties a slot. Those behind move up, so that no search ends before it finds them.
func (b *bucket) clear(gap int) {
	for at := gap; ; {
		at = behind(at)
		s := b.slots[at]
		if s == 0 {
			break
		}
		from := begin(hash(s >> 32))
		if (at-from+bucketSlots)%bucketSlots >= (at-gap+bucketSlots)%bucketSlots {
			b.slots[gap], gap = s, at
		}
	}
	b.slots[gap] = 0
	b.used--
}
