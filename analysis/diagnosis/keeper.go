package diagnosis

import (
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
)

// A connection may have millions of segments. Of those the first and the last
// tell most.
const (
	keepFirst = 256
	keepLast  = 4096
	// keepOctets is as much of a frame as is of use: its headers, and the head of
	// an HTTP message. A frame that the sender's card cuts up has up to 64 KiB.
	keepOctets = 2048
)

// Keeper gathers the segments of one connection, in a room that does not grow
// with their number. The zero value is ready for use.
type Keeper struct {
	first []capture.Segment
	last  []capture.Segment // a ring, once it is full
	next  int               // where in it the next one goes
	all   uint64
}

// Add takes the segment in a frame of this number, captured nanos nanoseconds
// after 1970; a frame without one is passed over. It copies what it keeps.
func (k *Keeper) Add(nanos int64, frame uint32, f capture.Frame) {
	s, err := capture.Decode(time.Unix(0, nanos), f)
	if err != nil {
		return
	}
	s.ID = int(frame)
	k.all++
	if len(k.first) < keepFirst {
		k.first = append(k.first, kept(s, nil))
		return
	}
	if len(k.last) < keepLast {
		k.last = append(k.last, kept(s, nil))
		return
	}
	k.last[k.next] = kept(s, k.last[k.next].Frame.Data[:0])
	k.next = (k.next + 1) % keepLast
}

// kept is a segment with a copy of its frame, in room if that has any.
func kept(s capture.Segment, room []byte) capture.Segment {
	s.Frame.Data = append(room, s.Frame.Data[:min(len(s.Frame.Data), keepOctets)]...)
	return s
}

// Evidence returns what was kept, as evidence about c by the rules of m.
func (k *Keeper) Evidence(c survey.Connection, m *analysis.Model) Evidence {
	e := Evidence{Connection: c, Model: m, Segments: append([]capture.Segment{}, k.first...)}
	e.Segments = append(append(e.Segments, k.last[k.next:]...), k.last[:k.next]...)
	if e.LeftOut = k.all - uint64(len(e.Segments)); e.LeftOut > 0 {
		e.Gap = e.Segments[keepFirst].ID
	}
	return e
}
