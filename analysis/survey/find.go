package survey

import (
	"cmp"
	"slices"
)

// Finder finds the connections of a tracker by the numbers of their streams.
type Finder struct {
	t     *Tracker
	order []uint64 // the streams, each with its record; nil where they are the same
}

// Finder returns one for the connections that the tracker holds. No segment may
// be added while it is used. Where connections were closed out it takes eight
// octets for each that is held.
func (t *Tracker) Finder() *Finder {
	f := &Finder{t: t}
	if t.summary.ClosedOut > 0 {
		f.order = make([]uint64, 0, t.live)
		for id := range t.order() {
			f.order = append(f.order, uint64(t.numbers.of(id))<<32|uint64(id))
		}
	}
	return f
}

// Connection returns the connection with the number of a stream; ok is false if
// the tracker does not hold it.
func (f *Finder) Connection(stream uint32) (c Connection, ok bool) {
	id := stream
	if f.order != nil {
		at, found := slices.BinarySearchFunc(f.order, stream, func(both uint64, s uint32) int { return cmp.Compare(uint32(both>>32), s) })
		if !found {
			return c, false
		}
		id = uint32(f.order[at])
	}
	if id >= f.t.table.records.count {
		return c, false
	}
	return f.t.connection(id), true
}
