package survey

import (
	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
)

// Kind is in which of two ways a kernel has made a RST.
type Kind string

// The kinds (SEMANTICS.md §5.1). A firewall's reject looks like the second.
const (
	Active  Kind = "active"  // tcp_send_active_reset: the sender gave the connection up
	Passive Kind = "passive" // tcp_v4_send_reset: the answer to a segment that nobody takes
	Refusal Kind = "refusal" // the passive answer to a SYN
	Foreign Kind = "foreign" // made as no kernel makes one
)

// Reset is the first RST of a connection.
type Reset struct {
	Time  int64  // nanoseconds after 1970
	Frame uint32 // the frame's number in the capture
	From  int    // which side sent it: 0 the client, 1 the server

	Flags         capture.Flags
	Seq, Ack      capture.Seq
	Window        uint16
	Len           int32
	TTL           uint8
	IPID          uint16
	HasTimestamps bool

	Kind    Kind
	Reasons []analysis.Reason // one if the wire is certain, or the class that it can not separate
	Rule    string            // which of the rules gave them
	// Provoker is the segment that a passive RST answers. Its Frame is 0 if the
	// capture has none that fits.
	Provoker Provoker
	UsualTTL uint8 // of the sender's first other segment, or of a copy of one further on; 0 if it has sent none

	set *class
}

// Provoker is the segment that a RST answers.
type Provoker struct {
	Frame    uint32
	Flags    capture.Flags
	Seq, Ack capture.Seq
	Len      int32
}

// Elsewhere reports whether the RST came with another time to live than its
// sender's other segments, as one that a middlebox forged would.
func (r *Reset) Elsewhere() bool { return r.UsualTTL != 0 && r.UsualTTL != r.TTL }

// class is a row of SEMANTICS.md §5.2: what RSTs of one look have in common.
type class struct {
	rule    string
	kind    Kind
	reasons []analysis.Reason
}

// Reasons that only a survey names: no scenario has shown them.
const (
	abortOnLinger analysis.Reason = "TCP_ABORT_ON_LINGER"
	abortOnMemory analysis.Reason = "TCP_ABORT_ON_MEMORY"
)

// The classes of RSTs that no socket gave its connection up with. The wire can
// not separate their members.
var (
	refusal = class{"answers a SYN", Refusal, []analysis.Reason{analysis.NoSocket}}
	bare    = class{"answers a segment without ACK", Passive, []analysis.Reason{analysis.NoSocket}}
	foreign = class{"sequence number 0, but not as a kernel answers a SYN", Foreign, nil}
	strange = class{"answers a SYN with a sequence number of its own: no kernel does", Foreign, nil}
	wrong   = class{"answers a wrong acknowledgement of a SYN", Passive, []analysis.Reason{analysis.InvalidAck}}
	nobody  = class{"answers a segment", Passive, []analysis.Reason{analysis.NoSocket, analysis.TCPFlags,
		analysis.TimeWaitSocket, analysis.AbortOnData, analysis.InvalidSYN}}
)

// resetOf describes a RST before the record has taken it in.
func (r *record) resetOf(from int, nanos int64, frame uint32, b *capture.Brief) Reset {
	s, peer := &r.sides[from], &r.sides[1-from]
	res := Reset{Time: nanos, Frame: frame, From: from, Flags: b.Flags, Seq: b.Seq, Ack: b.Ack, Window: b.Window,
		Len: b.Len, TTL: b.TTL, IPID: b.IPID, HasTimestamps: b.HasTimestamps, UsualTTL: s.ttl}
	if s.ttl != 0 && !s.elsewhere(b.TTL) {
		res.UsualTTL = b.TTL
	}
	res.set = r.classOf(from, b)
	if res.set.kind != Active && peer.segFrame != 0 && peer.provoked(b) {
		res.Provoker = Provoker{peer.segFrame, peer.segFlags, peer.segSeq, peer.segAck, peer.segLen}
	}
	return res
}

// classOf tells the class of a RST (SEMANTICS.md §5.3, steps 1 and 3).
func (r *record) classOf(from int, b *capture.Brief) *class {
	s, peer := &r.sides[from], &r.sides[1-from]
	switch {
	case b.Flags.Has(capture.ACK) && b.Seq == 0 && b.Window == 0 && (peer.packets == 0 || peer.provoked(b)):
		if peer.packets > 0 && !peer.segFlags.Has(capture.SYN) {
			return &bare
		}
		return &refusal
	case b.Flags.Has(capture.ACK) && b.Seq == 0 && (s.last != 0 || s.letters&numbered == 0):
		return &foreign
	case b.Flags.Has(capture.ACK) && s.packets == 1 && b.Window == 0 && !b.HasTimestamps && peer.segFlags.Has(capture.SYN) && peer.provoked(b):
		return &strange
	case b.Flags.Has(capture.ACK):
		return r.gaveUp(from, b)
	case s.asking() && peer.segFrame != 0 && peer.provoked(b) && !s.sent(b.Seq):
		return &wrong
	}
	return &nobody
}

// provoked reports whether the side's newest segment is one that b answers: its
// acknowledgement is b's sequence number, or b acknowledges it if it had none.
func (s *side) provoked(b *capture.Brief) bool {
	if b.Flags.Has(capture.ACK) {
		end := s.segSeq.Add(int(s.segLen))
		if s.segFlags.Has(capture.SYN) {
			end++
		}
		if s.segFlags.Has(capture.FIN) {
			end++
		}
		return !s.segFlags.Has(capture.ACK) && b.Ack == end
	}
	return s.segFlags.Has(capture.ACK) && s.segAck == b.Seq
}

// asking reports whether the side has sent nothing but its SYN, and a RST.
func (s *side) asking() bool { return s.syn > 0 && s.packets == uint32(s.syn)+1 }

// sent reports whether an acknowledgement is one of what the side has sent
// (RFC 9293 §3.10.7.3: in SYN-SENT, SND.UNA < SEG.ACK <= SND.NXT).
func (s *side) sent(ack capture.Seq) bool { return ack.After(s.start) && !ack.After(s.last) }
