package survey

import (
	"slices"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
)

// What the wire shows of a socket that gave its connection up with a RST
// (SEMANTICS.md §5.1, active), and which decides what may have made it.
const (
	hadData    = 1 << iota // some in order: the RST acknowledges it
	saidFIN                // it had sent its FIN,
	finAcked               // which had been acknowledged
	heardFIN               // it had got the peer's FIN: the RST acknowledges it
	sentData               // it had sent data
	hadProbed              // its keep-alive probes were not answered
	situations = 1 << iota
)

// gaveUp tells the class of an active RST.
func (r *record) gaveUp(from int, b *capture.Brief) *class {
	s, peer := &r.sides[from], &r.sides[1-from]
	if r.marks&stamping != 0 && !b.HasTimestamps {
		return &unstamped
	}
	if s.segFrame == 0 {
		return &unheard
	}
	seen := 0
	if peer.mayHaveSent(b.Ack) {
		seen |= hadData
	}
	if s.fin > 0 {
		seen |= saidFIN
		if peer.packets == 0 || !after(s.histFIN+1, uint32(s.acked-s.start)) {
			seen |= finAcked
		}
	}
	if peer.fin > 0 && !after(peer.histFIN+1, uint32(b.Ack-peer.start)) {
		seen |= heardFIN
	}
	if !r.octets.none(from) || s.syn == 0 {
		seen |= sentData
	}
	if s.probing(peer, b.Seq) {
		seen |= hadProbed
	}
	return aborts[seen]
}

// mayHaveSent reports whether data may be among what a RST of the other side
// acknowledges: it is, beyond the SYN and the FIN, or the SYN was not captured.
func (s *side) mayHaveSent(ack capture.Seq) bool {
	heard := uint32(ack - s.start)
	return s.syn == 0 || after(heard, 2) || heard == 2 && (s.fin == 0 || s.histFIN != 1)
}

// probing reports whether the side's newest segment before a RST of that number
// is a keep-alive probe that the other side has not answered: it lies one octet
// before what is to be sent next, and has none, or one that was acknowledged.
func (s *side) probing(peer *side, next capture.Seq) bool {
	return s.segFrame > peer.segFrame && s.segSeq == next-1 && (s.segLen == 0 || s.segLen == 1 && s.acked == next) &&
		s.segFlags&(capture.SYN|capture.FIN) == 0
}

// unstamped is made by no Linux, which has timestamps in such a RST if they were
// agreed (SEMANTICS.md §5.1): macOS has none, and a middlebox may not know them.
var unstamped = class{"gives up, without the timestamps that were agreed: no Linux does", Active, nil}

// unheard is of a side of which nothing else was captured.
var unheard = class{"gives up, and nothing that it had sent before was captured", Active, []analysis.Reason{analysis.KeepaliveTimeout,
	analysis.AbortOnClose, analysis.TCPState, analysis.DisconnectWithData, abortOnLinger, abortOnMemory}}

// aborts are the classes of active RSTs, by what was seen. Situations with the
// same reasons share one.
var aborts = abortClasses()

func abortClasses() (list [situations]*class) {
	for seen := range list {
		c := &class{ruleFor(seen), Active, abortReasons(seen)}
		same := slices.IndexFunc(list[:seen], func(o *class) bool {
			return o.rule == c.rule && slices.Equal(o.reasons, c.reasons)
		})
		if list[seen] = c; same >= 0 {
			list[seen] = list[same]
		}
	}
	return list
}

func ruleFor(seen int) string {
	switch {
	case seen&hadProbed != 0:
		return "follows unanswered keep-alive probes"
	case seen&saidFIN != 0:
		return "gives up after its own FIN"
	case seen&hadData != 0:
		return "gives up after data has come"
	}
	return "gives up before any data has come"
}

// abortReasons returns the reasons that the kernel may have had.
func abortReasons(seen int) (list []analysis.Reason) {
	has := func(what int) bool { return seen&what == what }
	add := func(may bool, reason analysis.Reason) {
		if may {
			list = append(list, reason)
		}
	}
	add(has(hadProbed), analysis.KeepaliveTimeout)
	// Closed with data unread that came in order.
	add(has(hadData), analysis.AbortOnClose)
	// SO_LINGER 0 and all else that aborts, not once both FINs are under way
	// (tcp_need_reset),
	add(!has(saidFIN|heardFIN), analysis.TCPState)
	// but then if what was written has not left, and so neither has the FIN.
	add(has(heardFIN|sentData) && !has(saidFIN), analysis.DisconnectWithData)
	// TCP_LINGER2 below 0, in FIN-WAIT-2.
	add(has(saidFIN|finAcked) && !has(heardFIN), abortOnLinger)
	add(true, abortOnMemory)
	return list
}
