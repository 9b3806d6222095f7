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
	says   string
	source string
}

// linuxTimers: tcp_timer.c, and tcp_abort.
var linuxTimers = []timerRule{
	{name: "keepalive-timeout", in: synchronized, when: probed, err: scenario.ETIMEDOUT, reset: KeepaliveTimeout,
		says:   "the keep-alive probes stayed unanswered until the kernel gave the connection up",
		source: "RFC 9293 §3.8.4, tcp_keepalive_timer"},
	{name: "retransmission-timeout", in: synchronized, when: unacknowledged, err: scenario.ETIMEDOUT,
		says:   "what was sent stayed unacknowledged until the kernel gave the connection up",
		source: "RFC 9293 §3.8.3, tcp_write_timeout"},
	{name: "syn-timeout", in: in(SynSent), err: scenario.ETIMEDOUT,
		says: "the SYN stayed unanswered until the kernel gave up", source: "RFC 9293 §3.8.3, tcp_write_timeout"},
	{name: "administrative-abort", in: in(SynRecv, Established, CloseWait, FinWait1, FinWait2), when: unprobed, err: scenario.ECONNABORTED,
		reset: TCPState, says: "no call explains the RST that the own kernel sent: an administrator's ss -K does",
		source: "tcp_abort"},
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

func unprobed(e *endpoint) bool { return !probed(e) }

// unacknowledged: something was written, or sent, that the peer has not
// acknowledged.
func unacknowledged(e *endpoint) bool {
	return e.sndUna != e.sndNxt || e.writing || e.written > e.sndUna.Sub(e.sndFirst)
}

// expire lets the timer r go off.
func (r *timerRule) expire(e *endpoint, oldest Link) {
	e.err, e.timer, e.errBy = r.err, r.name, oldest
	if e.soft != "" {
		e.err, e.errBy, e.soft = e.soft, e.softBy, ""
	}
	e.shutdown(rcvShut|sendShut, e.errBy)
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
