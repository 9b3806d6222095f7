package analysis

import (
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// timerRule is one row of the table that says how a connection ends of itself:
// a timer gives up, or an administrator ends it. No segment marks the moment,
// so such a row is tried only where nothing else explains what was seen.
type timerRule struct {
	name   string
	in     states
	when   func(*endpoint) bool // nil: always
	err    scenario.Fault       // becomes the pending error, unless a soft error stands
	reset  Reason               // an RST leaves, for this reason
	answer bool                 // that RST is the reply to the segment that ended the handshake
	says   string
	source string
}

// overflow is the row about a queue that has no room when a handshake ends.
const overflow = "accept-queue-overflow"

// linuxTimers: tcp_timer.c, and tcp_abort.
var linuxTimers = []timerRule{
	{name: "keepalive-timeout", in: synchronized, when: probed, err: scenario.ETIMEDOUT, reset: KeepaliveTimeout,
		says:   "the keep-alive probes stayed unanswered until the kernel gave the connection up",
		source: "RFC 9293 §3.8.4, tcp_keepalive_timer"},
	{name: "window-timeout", in: synchronized, when: windowShut, err: scenario.ETIMEDOUT,
		says:   "the peer answered every probe, but its window stayed shut for longer than TCP_USER_TIMEOUT allows",
		source: "RFC 5482 §3, tcp_probe_timer"},
	{name: "retransmission-timeout", in: synchronized, when: inFlight, err: scenario.ETIMEDOUT,
		says:   "what was sent stayed unacknowledged until the kernel gave the connection up",
		source: "RFC 9293 §3.8.3, tcp_write_timeout"},
	{name: "syn-timeout", in: in(SynSent), err: scenario.ETIMEDOUT,
		says: "the SYN stayed unanswered until the kernel gave up", source: "RFC 9293 §3.8.3, tcp_write_timeout"},
	{name: "administrative-abort", in: in(SynRecv, Established, CloseWait, FinWait1, FinWait2), when: unprobed, err: scenario.ECONNABORTED,
		reset: TCPState, says: "no call explains the RST that the own kernel sent: an administrator's ss -K does",
		source: "tcp_abort"},
	{name: overflow, in: in(Established, CloseWait), when: unaccepted, reset: InvalidSYN, answer: true,
		says:   "the accept queue was full when the handshake ended, and tcp_abort_on_overflow is set",
		source: "tcp_check_req, tcp_abort_on_overflow"},
}

// darwinTimers: tcp_timers, where every one of them sends an RST (tcp_drop).
var darwinTimers = []timerRule{
	{name: "keepalive-timeout", in: synchronized, when: probed, err: scenario.ETIMEDOUT, reset: KeepaliveTimeout,
		says:   "the keep-alive probes stayed unanswered until the kernel gave the connection up",
		source: "RFC 9293 §3.8.4, tcp_timers, TCPT_KEEP"},
	{name: "retransmission-timeout", in: synchronized, when: unacknowledged, err: scenario.ETIMEDOUT, reset: TCPState,
		says:   "what was sent stayed unacknowledged until the kernel gave the connection up",
		source: "RFC 9293 §3.8.3, tcp_timers, TCPT_REXMT"},
	{name: "syn-timeout", in: in(SynSent), err: scenario.ETIMEDOUT,
		says: "the SYN stayed unanswered until the kernel gave up", source: "RFC 9293 §3.8.3, tcp_timers, TCPT_KEEP"},
}

// probed: a keep-alive probe has been sent and nothing has come since.
func probed(e *endpoint) bool { return e.probes > 0 }

// unaccepted: it came to a listener, and nobody has accepted it.
func unaccepted(e *endpoint) bool { return e.request && e.listener && !e.accepted }

func unprobed(e *endpoint) bool { return !probed(e) }

// unacknowledged: something was written, or sent, that the peer has not
// acknowledged. A request that stays so is only forgotten.
func unacknowledged(e *endpoint) bool {
	if e.state == SynRecv && e.request {
		return false
	}
	return e.sndUna != e.sndNxt || e.writing || e.written > e.sndUna.Sub(e.sndFirst)
}

// fits reports whether the RST that is leaving can be the row's.
func (r *timerRule) fits(leaving *capture.Segment, aborting bool, provoker, opener Link) bool {
	switch {
	case leaving == nil:
		return r.reset == "" || aborting && !r.answer // an RST would have been seen to leave
	case leaving.Flags.Has(capture.ACK):
		return !r.answer
	}
	return r.answer && opener != (Link{}) && provoker == opener
}

// refuse lets the row take a connection that nobody has accepted: no
// application will hear of it.
func (r *timerRule) refuse(e *endpoint, leaving *capture.Segment) {
	e.timer, e.state = r.name, Closed
	e.owe(reset{reason: r.reset, seq: leaving.Seq, by: e.openedBy})
}

// windowShut: there is more to send than the peer, which answers, has room for.
func windowShut(e *endpoint) bool { return e.shutOut && unacknowledged(e) }

func inFlight(e *endpoint) bool { return !e.shutOut && unacknowledged(e) }

// expire lets the timer r go off.
func (r *timerRule) expire(e *endpoint, oldest Link) {
	e.err, e.timer, e.errBy, e.timerBy = r.err, r.name, oldest, oldest
	if e.soft != "" {
		e.err, e.errBy, e.soft = e.soft, e.softBy, ""
	}
	e.shutdown(rcvShut|sendShut, oldest)
	if r.reset != "" {
		e.owe(reset{active: true, reason: r.reset, by: oldest})
	}
	e.state = Closed
}

// isProbe reports whether s is a keep-alive probe: the octet before the next
// one, again (RFC 9293 §3.8.4).
func (e *endpoint) isProbe(s *capture.Segment) bool {
	return e.sndUna == e.sndNxt && s.Seq == e.sndNxt.Add(-1) && s.Len <= 1 && s.Flags&(capture.SYN|capture.FIN|capture.RST) == 0
}
