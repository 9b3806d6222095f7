package diagnosis

import (
	"time"

	"github.com/rstwatch/rstwatch/capture"
)

// A capture on all interfaces of a router, a bridge or a container host has a
// segment once for each interface that it crosses, with another time to live or
// the same. Those are no retransmissions: a kernel that sends a segment again
// gives it another IP ID and another timestamp, and not within a millisecond.

// duplicateWithin is how long after a segment its copy is captured, at most.
const duplicateWithin = 2 * time.Millisecond

// recent is how many segments back a copy may lie.
const recent = 16

// distinct drops the copies, and returns how many there were. What looks the
// same although it was sent twice (an acknowledgement or a RST without IP ID) is
// dropped only where the capture has most other segments twice as well.
func distinct(segments []capture.Segment) (kept []capture.Segment, dropped int) {
	sure, copies := 0, 0
	twice := make([]bool, len(segments))
	for i := range segments {
		at := copyOf(segments, twice, i)
		twice[i] = at >= 0
		if marked(&segments[i]) {
			sure++
			if twice[i] {
				copies++
			}
		}
	}
	doubled := sure > 0 && copies*3 >= sure // a third of all, where each is there twice, is beyond chance
	for i := range segments {
		if twice[i] && (doubled || marked(&segments[i])) {
			dropped++
			continue
		}
		kept = append(kept, segments[i])
	}
	return kept, dropped
}

// marked reports whether a segment that was sent again would look different.
func marked(s *capture.Segment) bool {
	return s.IPID != 0 || s.Len > 0 && s.Options.HasTimestamps || s.Flags.Has(capture.SYN) && s.Options.HasTimestamps
}

// copyOf returns the place of the segment that the i-th is a copy of, or −1.
func copyOf(segments []capture.Segment, twice []bool, i int) int {
	s := &segments[i]
	if s.ICMP.Is() {
		return -1
	}
	for j := i - 1; j >= 0 && j >= i-recent; j-- {
		o := &segments[j]
		if s.Time.Sub(o.Time) > duplicateWithin {
			return -1
		}
		if !twice[j] && o.Src == s.Src && o.Dst == s.Dst && o.Seq == s.Seq && o.Ack == s.Ack && o.Flags == s.Flags && o.Len == s.Len &&
			o.Window == s.Window && o.IPID == s.IPID && o.Options == s.Options && !o.ICMP.Is() {
			return j
		}
	}
	return -1
}
