package survey

import (
	"cmp"
	"slices"
)

// idle is a connection that may be closed out.
type idle struct {
	last   int64
	id     uint32
	stream uint32
}

// closeOut gives back the records of some connections: of those that have been
// idle for longest, about an eighth of all, and one at least. That is one look at
// each record, which shall not come with every new connection.
func (t *Tracker) closeOut() {
	t.numbers.diverge(t.table.records.count)
	limit := t.idleLimit()
	t.idlest = t.idlest[:0]
	for id := range t.table.records.count {
		if r := t.table.record(id); r.marks&free == 0 && r.last <= limit {
			t.idlest = append(t.idlest, idle{r.last, id, t.numbers.of(id)})
		}
	}
	slices.SortFunc(t.idlest, func(a, b idle) int {
		return cmp.Or(cmp.Compare(a.last, b.last), cmp.Compare(a.stream, b.stream))
	})
	most := max(1, t.live/4) // all may have the same stamp
	t.releaseAll(t.idlest[:min(most, len(t.idlest))])
}

// releaseAll releases connections. It has their records and slots fetched part by part,
// as AddAll does.
func (t *Tracker) releaseAll(list []idle) {
	t.fetchIdle(list[:min(part, len(list))])
	for len(list) > 0 {
		n := min(part, len(list))
		var hashes [part]hash
		var slots [part]*uint64
		for i, c := range list[:n] {
			hashes[i] = t.table.hashOf(c.id)
			slots[i] = t.table.first(hashes[i])
		}
		fetchSlots(slots[:n])
		t.fetchIdle(list[n:min(n+part, len(list))])
		for i, c := range list[:n] {
			t.release(c.id, hashes[i])
		}
		list = list[n:]
	}
}

// fetchIdle fetches the records of a part of a list.
func (t *Tracker) fetchIdle(list []idle) {
	var records [part]*record
	for i, c := range list {
		records[i] = t.table.record(c.id)
	}
	fetchRecords(records[:len(list)])
}

// idleSample is of how many records idleLimit looks at the age.
const idleSample = 1 << 12

// idleLimit returns the stamp that about an eighth of the connections have had no
// segment after.
func (t *Tracker) idleLimit() int64 {
	var sample [idleSample]int64
	n := 0
	for id := uint32(0); id < t.table.records.count; id += 1 + t.table.records.count/idleSample {
		if r := t.table.record(id); r.marks&free == 0 {
			sample[n] = r.last
			n++
		}
	}
	slices.Sort(sample[:n])
	return sample[n/8]
}

// release hands out a connection, whose key has this hash, and forgets it.
func (t *Tracker) release(id uint32, h hash) {
	r := t.table.record(id)
	if t.tells(id) {
		t.sum(&t.summary, id)
		if t.out != nil {
			t.out(t.connection(id))
		}
	}
	delete(t.icmp, t.numbers.of(id))
	t.summary.ClosedOut++
	if r.reset != 0 {
		t.resets.give(r.reset - 1)
	}
	t.unspill(r)
	for i := range r.sides {
		t.drop(&r.sides[i])
	}
	t.table.remove(h, id)
	r.marks = free
	t.table.records.give(id)
	t.live--
}
