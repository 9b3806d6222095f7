package survey

import (
	"math"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
)

// DefaultConnections is how many connections a [Tracker] holds if it is not told.
const DefaultConnections = 1_000_000

// Tracker follows the connections of one capture. It must not be used by two
// goroutines at a time.
type Tracker struct {
	max     int
	out     func(Connection)
	table   table
	more    slab[more]
	pieces  slab[piece]
	resets  slab[packed]
	sets    []*class // of the resets
	streams uint32
	numbers numbers
	live    int
	idlest  []idle // room for closeOut
	summary Summary
	memo    Summary // what Summary returned last
	fates   fates
	only    func(stream uint32) bool // see Only; nil for all
	icmp    map[uint32]uint64        // ICMP errors by stream, if only is set
	distant int                      // of the part of a list under way, how many; see AddAll
	far     bool                     // there were many of late
	flags   [1 << 8]uint64           // how many segments had them; see segments
}

// Follow makes the tracker say what calls return by the rules of m, which are
// those of Linux if it is not told. It must come before the first segment.
func (t *Tracker) Follow(m *analysis.Model) { t.fates = newFates(m) }

// New returns a tracker that holds at most max connections,
// [DefaultConnections] if max is 0. Beyond that the longest idle ones are
// closed out, some at a time: they stay in the summary, and out gets them, if
// it is not nil.
func New(max int, out func(Connection)) *Tracker {
	if max <= 0 {
		max = DefaultConnections
	}
	return &Tracker{max: max, out: out, table: newTable(), summary: newSummary(), fates: newFates(analysis.Linux())}
}

// NoStream is no stream's number.
const NoStream = math.MaxUint32

// Add takes the next segment, captured nanos nanoseconds after 1970 in the frame
// of this number, and returns the number of its stream. ICMP errors are counted,
// no more; theirs is the stream that they are about, [NoStream] if the tracker
// holds none of these addresses.
func (t *Tracker) Add(nanos int64, frame uint32, b *capture.Brief) (stream uint32) {
	s := Segment{Nanos: nanos, Frame: frame, Brief: *b}
	t.Hash(&s)
	n := t.add(t.table.newest(s.hash, b), &s)
	if n == 0 {
		return NoStream
	}
	return t.numbers.of(n - 1)
}

// add takes a segment whose connection has record n-1, 0 being none, and returns that
// number of the record that its connection has then.
func (t *Tracker) add(n uint32, s *Segment) uint32 {
	if s.Quoted {
		t.about(n, s)
		return n
	}
	t.flags[s.Flags]++
	if n == 0 || s.Flags&(capture.SYN|capture.ACK) == capture.SYN {
		n = t.begin(n, s)
	}
	t.lead(t.table.record(n-1), s)
	return n
}

// about takes an ICMP error.
func (t *Tracker) about(n uint32, s *Segment) {
	t.summary.ICMP++
	if n == 0 {
		return
	}
	t.quoted(t.table.record(n-1), s.hash.from(), &s.Brief)
	if t.only != nil {
		t.icmp[t.numbers.of(n-1)]++
	}
}

// begin returns the record of a segment that may be the first of its connection.
func (t *Tracker) begin(n uint32, s *Segment) uint32 {
	b, again := &s.Brief, n != 0
	if again {
		r := t.table.record(n - 1)
		if !r.begins(b, s.hash.from()) {
			return n
		}
		t.replace(r)
	}
	n, r := t.open(s.hash, s.Nanos, b)
	r.completion.opens(b, again)
	return n
}

// lead leads a connection on by one segment.
func (t *Tracker) lead(r *record, seg *Segment) {
	b, from := &seg.Brief, seg.hash.from()
	s, peer := r.both(from)
	if seg.Frame-max(s.segFrame, peer.segFrame) > distant {
		t.distant++
	}
	s.packets++
	r.octets.add(from, uint32(b.Len))
	since := seg.Nanos - r.last
	r.last = max(r.last, seg.Nanos)
	r.completion.note(b)
	if !t.usual(r, from, seg.Nanos, b) {
		t.turn(r, from, seg.Nanos, seg.Frame, b)
	}
	if b.Flags.Has(capture.RST) {
		return
	}
	if s.ttl == 0 {
		s.ttl = b.TTL
	}
	if b.Seq != s.segSeq || !r.copied(from, since, b) {
		s.segFrame, s.segSeq, s.segAck, s.segLen, s.segFlags = seg.Frame, b.Seq, b.Ack, b.Len, b.Flags
		r.ipid = b.IPID
	}
}

// turn leads a connection on by one segment, whatever that is.
func (t *Tracker) turn(r *record, from int, nanos int64, frame uint32, b *capture.Brief) {
	if b.Flags.Has(capture.SYN) {
		up(&r.sides[from].syn)
		if b.HasTimestamps && b.Flags.Has(capture.ACK) {
			r.marks |= stamping // the SYN,ACK has them if the SYN had (RFC 7323 §3.2)
		}
	}
	if b.Flags&(capture.FIN|capture.RST) != 0 {
		t.end(r, from, nanos, frame, b)
	}
	t.follow(r, from, b)
}

// open makes the record of a new connection, and returns its number plus 1. From now on its slot in the table
// stands for it, even if another has had the same addresses.
func (t *Tracker) open(h hash, nanos int64, b *capture.Brief) (n uint32, r *record) {
	if t.live >= t.max {
		t.closeOut()
	}
	id := t.table.records.take()
	r = t.table.record(id)
	r.key.set(b, h.from())
	r.first, r.last = nanos, nanos
	t.numbers.set(id, t.streams)
	t.streams++
	t.live++
	t.table.put(h, b, id)
	if h.from() == 1 {
		r.marks |= second
	}
	switch b.Flags & (capture.SYN | capture.ACK) {
	case capture.SYN:
		r.marks |= began
	default:
		if answers(b) {
			r.marks ^= second
			t.append(r, '^')
		}
	}
	return id + 1, r
}

// end notes who ended a connection, and what is known of its first RST.
func (t *Tracker) end(r *record, from int, nanos int64, frame uint32, b *capture.Brief) {
	rst := b.Flags.Has(capture.RST)
	if rst {
		t.judge(r, from, b)
	}
	if r.ends(from, nanos) && rst {
		r.marks |= overRST
	}
	if rst && r.reset == 0 {
		res := r.resetOf(from, nanos, frame, b)
		r.reset = t.pack(&res) + 1
	}
}

// ends notes by which side, and when, the first FIN or RST came, and reports whether it
// was that.
func (r *record) ends(from int, nanos int64) bool {
	if r.marks&over != 0 {
		return false
	}
	r.marks |= over
	r.ended, r.endedBy = nanos, r.endedBy|uint8(from)
	return true
}
