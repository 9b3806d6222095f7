package survey

import (
	"time"

	"github.com/rstwatch/rstwatch/capture"
)

// soon is how long after a segment its copy may be captured that has passed
// another interface (SEMANTICS.md §7, tcpdump -i any).
const soon = int64(time.Millisecond)

// copied notes, and reports, that b is the newest segment of its connection,
// captured again on its way through the host: the same in all that no router
// changes, its time to live the same or lower. Where no IP ID tells a copy from a
// repetition, one without payload may be a duplicate acknowledgement, and does
// not count. since is how long ago the last segment was captured.
func (r *record) copied(from int, since int64, b *capture.Brief) bool {
	s := &r.sides[from]
	if b.Seq != s.segSeq || b.Ack != s.segAck || b.Len != s.segLen || b.Flags != s.segFlags || b.IPID != r.ipid ||
		since > soon || b.TTL > s.ttl || s.segFrame <= r.sides[1-from].segFrame {
		return false
	}
	if b.IPID == 0 && b.TTL == s.ttl && b.Len == 0 && b.Flags&(capture.SYN|capture.FIN) == 0 {
		return false
	}
	up(&r.copies)
	s.hops = max(s.hops, s.ttl-b.TTL)
	return true
}

// elsewhere reports whether a RST came with another time to live than the side's
// other segments, copies of them included.
func (s *side) elsewhere(ttl uint8) bool {
	return s.ttl != 0 && (ttl > s.ttl || ttl < s.ttl-s.hops)
}
