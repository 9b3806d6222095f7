package survey

import "github.com/rstwatch/rstwatch/capture"

// Segment is a segment and where it was captured.
type Segment struct {
	Nanos int64  // after 1970
	Frame uint32 // its number
	hash  hash
	capture.Brief
}

// Hash prepares a segment for AddAll. It may be called while another goroutine
// uses the tracker.
func (t *Tracker) Hash(s *Segment) {
	s.hash = t.table.seed.hash(&s.Brief)
}

// Prepare makes room for connections to come, so that AddAll need not wait for it.
// touch is handed memory that is all zero, and must leave it so: it has the system provide
// it. It may be called while another goroutine uses the tracker.
func (t *Tracker) Prepare(touch func(memory []byte)) { t.table.records.prepare(touch) }

// AddAll looks ahead, part by part of a list. It fetches all slots if enough of the
// last part came on connections that have had no segment for so many frames: the slots
// of others are in the processor's cache.
const (
	part    = 32
	distant = 8192
)

// near is what a part of a list was found to need before it is added: of each segment
// the number of its connection's record plus 1, 0 where there seemed to be none. That is
// a guess by the hash, and holds no longer than until a slot changes its record.
type near struct {
	records [part]uint32
	moved   uint32
}

// AddAll takes many segments, as Add takes one: each after a call of Hash. It is
// faster than Add, since it waits for the memory of many slots and records at once:
// while one part of the list is added, the processor fetches what those behind need.
func (t *Tracker) AddAll(list []Segment) {
	var known [2]near
	for at := 0; at < len(list)+2*part; at += part {
		t.fetchSlots(partOf(list, at))
		t.fetchRecords(partOf(list, at-part), &known[at/part%2])
		t.addPart(partOf(list, at-2*part), &known[(at/part+1)%2])
	}
}

// partOf returns the part of a list that begins there, which may be before or behind it.
func partOf(list []Segment, at int) []Segment {
	if at < 0 || at >= len(list) {
		return nil
	}
	return list[at:min(at+part, len(list))]
}

// fetchSlots fetches the slots that segments need: those of late, or all if those are
// too few, and the ones that SYNs are going to take, which lie anywhere in the table.
func (t *Tracker) fetchSlots(list []Segment) {
	var slots [2 * part]*uint64
	n := 0
	for i := range list {
		s := &list[i]
		if !t.far {
			slots[n] = &t.table.late(s.hash)[0]
			n++
		}
		if t.far || s.Flags&(capture.SYN|capture.ACK) == capture.SYN {
			slots[n] = t.table.first(s.hash)
			n++
		}
	}
	fetchSlots(slots[:n])
}

// fetchRecords finds the records that segments are likely to change, and fetches them
// and those that are likely to be made.
func (t *Tracker) fetchRecords(list []Segment, known *near) {
	var records [part]*record
	known.moved = t.table.moved
	next, n := t.table.records.count, 0
	for i := range list {
		h := list[i].hash
		slot := uint64(0)
		if !t.far {
			slot = t.table.late(h).of(h)
		}
		if slot == 0 {
			slot = t.table.likely(h)
		}
		known.records[i] = uint32(slot)
		switch {
		case slot != 0:
			records[n] = t.table.record(uint32(slot) - 1)
			n++
		case next%pageSize != 0:
			records[n] = t.table.record(next)
			n++
			next++
		}
	}
	fetchRecords(records[:n])
}

// addPart adds a part of a list.
func (t *Tracker) addPart(list []Segment, known *near) {
	far := t.far
	t.distant = 0
	for i := range list {
		s := &list[i]
		n := known.records[i%part]
		if n == 0 || known.moved != t.table.moved || !t.table.record(n-1).key.is(&s.Brief, s.hash.from()) {
			if far {
				n = uint32(t.table.slot(s.hash, &s.Brief))
			} else {
				n = t.table.newest(s.hash, &s.Brief)
			}
		}
		t.add(n, s)
	}
	if len(list) > 0 {
		t.far = t.distant > part/4
	}
}
