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

// ahead is how many segments AddAll looks ahead. It does so if enough of the last
// came on connections that have had no segment for so many frames: the records of
// others are in the processor's cache, and looking costs more than waiting.
const (
	ahead   = 64
	distant = 8192
)

// AddAll takes many segments, as Add takes one: each after a call of Hash. It is
// faster than Add, since it waits for the memory of several records at once.
func (t *Tracker) AddAll(list []Segment) {
	for len(list) > 0 {
		n := min(ahead, len(list))
		if t.distant > ahead/4 {
			t.touch(list[:n])
		} else {
			t.touchOpening(list[:n])
		}
		t.distant = 0
		for i := range list[:n] {
			s := &list[i]
			t.add(s.Nanos, s.Frame, s.hash, &s.Brief)
		}
		list = list[n:]
	}
}

// touchOpening makes the processor fetch the slots that SYNs are going to take:
// they lie anywhere in the table.
func (t *Tracker) touchOpening(list []Segment) {
	for i := range list {
		if s := &list[i]; s.Flags&(capture.SYN|capture.ACK) == capture.SYN {
			t.touched += uint32(t.table.slots[t.table.begin(s.hash)])
		}
	}
}

// touch makes the processor fetch what add is going to read of these segments'
// records, so far as their first slot tells where they are. No load waits for
// another but for that of its slot.
func (t *Tracker) touch(list []Segment) {
	var ids [ahead]uint32
	for i := range list {
		ids[i] = uint32(t.table.slots[t.table.begin(list[i].hash)])
	}
	for _, n := range ids[:len(list)] {
		if n != 0 {
			r := t.table.record(n - 1)
			t.touched += uint32(r.key.addr[0][0]) + uint32(r.last) + r.sides[0].segFrame + r.sides[1].segFrame + uint32(r.letters)
		}
	}
}
