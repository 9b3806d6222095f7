package survey

import "github.com/rstwatch/rstwatch/capture"

// state is what has been seen of one side of a connection, in Zeek's sense: what
// it sent, not what its socket does.
type state uint8

const (
	inactive    state = iota // has sent nothing
	synSent                  // a SYN, unanswered
	synAckSent               // a SYN,ACK although it is the originator
	partial                  // segments, but no SYN
	established              // a SYN that took part in a handshake
	closed                   // a FIN
	reset                    // a RST
)

// side is one direction of a connection: what one end has sent.
type side struct {
	packets  uint32
	resent   uint32      // segments with payload that held nothing new
	start    capture.Seq // the initial sequence number, or one that stands for it
	last     capture.Seq // the highest end of a segment
	acked    capture.Seq // the highest acknowledgement by the other side
	histFIN  uint32      // the end of the last FIN in the history, relative to start
	whole    uint32      // how far its payload has come without one missing, if it has a hole: see gap.go
	segFrame uint32      // its newest segment: the frame's number, counted from 1,
	segSeq   capture.Seq // and its fields
	segAck   capture.Seq
	segLen   int32
	pieces   uint32 // the place of the first piece beyond the hole, plus 1; 0 without one, or deaf
	fin      uint16 // how many segments had the flag; these stop at the highest number
	rst      uint16
	zero     uint16 // zero windows that count for the history
	gaps     uint16 // holes that were acknowledged
	syn      uint8
	ttl      uint8 // of its first segment that was no RST; 0 before there is one
	segFlags capture.Flags
	state    state
	prev     state // before state
	letters  uint8 // which letters the history has of this side, and numbered
	fate     uint8 // what has become of its socket: a place in the tracker's fates
	hops     uint8 // by how much the time to live of copies was lower
}

// size is how many octets of payload the sequence numbers speak for.
func (s *side) size() uint32 {
	n := uint32(s.last - s.start)
	if s.acked.After(s.last) {
		n = uint32(s.acked - s.start)
	}
	if n > 0 {
		n-- // SYN
	}
	if n > 0 && s.fin > 0 {
		n--
	}
	return n
}

func (s *side) enter(new state) {
	if new != s.state {
		s.prev, s.state = s.state, new
	}
}

const historyRoom = 11

// record is one connection. What is needed of it for most segments stands
// together, and first.
type record struct {
	key        key
	completion Completeness
	marks      marks
	ipid       uint16 // of its newest segment that was no RST
	copies     uint8  // of segments, captured again on other interfaces
	endedBy    uint8  // of which side the first FIN or RST was, and skips, and holed
	letters    uint8  // how many there are in history
	history    [historyRoom]byte
	reset      uint32 // its place in the resets, plus 1; 0 without one
	octets     counts // of payload, repeated ones included, by side
	last       int64  // the highest stamp of its segments, in nanoseconds after 1970
	sides      [2]side
	first      int64 // the stamp of the first segment
	ended      int64 // of the first FIN or RST
}

// skips stands in endedBy for side 0, and twice that for side 1: a sequence number
// was skipped.
const skips uint8 = 2

// holed is likewise that there is a hole.
const (
	holed      uint8 = 1 << holedShift
	holedShift       = 3
)

// marks are what is true or false of a record.
type marks uint8

const (
	second   marks = 1 << iota // the originator is side 1: the lowest bit, see originator
	over                       // a FIN or a RST was seen
	free                       // holds no connection
	spilled                    // the history goes on in a more
	began                      // the first segment was a SYN
	overRST                    // what ended it was a RST
	outlived                   // life has gone on after the first RST
	stamping                   // timestamps were agreed
)

// originator returns which side opened the connection.
func (r *record) originator() int { return int(r.marks & second) }

// both returns side from, which is 0 or 1, and the other.
func (r *record) both(from int) (s, peer *side) { return &r.sides[from&1], &r.sides[from&1^1] }

// up counts, and stops at the highest number.
func up[N uint8 | uint16](n *N) {
	if *n+1 != 0 {
		*n++
	}
}
