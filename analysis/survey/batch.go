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
// It may be called while another goroutine uses the tracker.
func (t *Tracker) Prepare() { t.table.records.prepare() }

// ahead is how many segments AddAll looks ahead. It does so if enough of the last
// came on connections that have had no segment for so many frames: the slots and
// records of others are in the processor's cache.
const (
	ahead   = 64
	distant = 8192
)

// AddAll takes many segments, as Add takes one: each after a call of Hash. It is
// faster than Add, since it waits for the memory of many slots or records at once.
func (t *Tracker) AddAll(list []Segment) {
	for len(list) > 0 {
		n := min(ahead, len(list))
		far := t.distant > ahead/4
		t.distant = 0
		if far {
			t.addDistant(list[:n])
		} else {
			t.addClose(list[:n])
		}
		list = list[n:]
	}
}

// addClose makes the processor fetch the slots that SYNs are going to take: they
// lie anywhere in the table.
func (t *Tracker) addClose(list []Segment) {
	touched := uint32(0)
	for i := range list {
		if s := &list[i]; s.Flags&(capture.SYN|capture.ACK) == capture.SYN {
			touched += uint32(t.table.slots[t.table.begin(s.hash)])
		}
	}
	t.touched = touched
	for i := range list {
		s := &list[i]
		t.add(s.Nanos, s.Frame, s.hash, t.table.newest(s.hash, &s.Brief), &s.Brief)
	}
}

// addDistant makes the processor fetch every slot, then all that add is going to
// read of the records. No load waits for another but for that of its slot.
func (t *Tracker) addDistant(list []Segment) {
	at, moves := t.lookUp(list), t.table.moves
	for i := range list {
		s := &list[i]
		if t.table.moves != moves {
			at[i] = t.table.begin(s.hash)
		}
		n := uint32(t.table.slots[t.table.findFrom(at[i], s.hash, &s.Brief)])
		t.add(s.Nanos, s.Frame, s.hash, n, &s.Brief)
	}
}

// lookUp returns the slots that the segments' connections are likely to have.
func (t *Tracker) lookUp(list []Segment) (at [ahead]int) {
	touched := uint32(0)
	for i := range list {
		at[i] = t.table.begin(list[i].hash)
		touched += uint32(t.table.slots[at[i]])
	}
	for i := range list {
		at[i] = t.table.likely(at[i], list[i].hash)
		if n := uint32(t.table.slots[at[i]]); n != 0 {
			r := t.table.record(n - 1)
			touched += uint32(r.key.addr[0][0]) + uint32(r.last) + r.sides[0].segFrame + r.sides[1].segFrame + uint32(r.letters)
		}
	}
	t.touched = touched
	return at
}
