package analysis

import (
	"slices"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// Darwin returns the rules of XNU, read from the source of macOS 15.4
// (xnu-11417) and not measured (SEMANTICS.md §6).
func Darwin() *Model {
	return &Model{
		Name:     "darwin",
		Source:   "from source",
		segments: slices.Concat(unconnected, darwinChecks, acknowledgements, darwinAborts, deliveries),
		calls:    slices.Concat(gone, darwinReads, darwinWrites, openings, listenerCloses, polls, socketErrors, darwinShutdowns, shutdowns, darwinDisconnects, fates, darwinCloses),
		timers:   darwinTimers,

		icmpErrors: darwinICMP,
	}
}

// darwinAcceptable is the window test of tcp_input, measured from the last
// acknowledgement sent.
func darwinAcceptable(e *endpoint, s *capture.Segment) bool {
	if !e.known || !s.Seq.Before(e.ackSent) && s.Seq.Before(e.windowEdge()) {
		return true
	}
	return (e.rcvWnd == 0 || pastEstablished.has(e.state)) && darwinExact(e, s)
}

// pastEstablished are the states that XNU numbers from TCPS_CLOSE_WAIT on, and
// in which a socket still is.
var pastEstablished = in(CloseWait, FinWait1, Closing, LastAck, FinWait2)

func darwinExact(e *endpoint, s *capture.Segment) bool {
	return !e.known || s.Seq == e.ackSent || s.Seq == e.ackSent.Add(-1)
}

// darwinBelieves: an RST resets only at last_ack_sent, or one less.
func darwinBelieves(e *endpoint, s *capture.Segment) bool {
	return s.Flags.Has(capture.RST) && darwinAcceptable(e, s) && darwinExact(e, s)
}

// darwinChecks: tcp_input, "if the RST bit is set", and what follows.
var darwinChecks = []segmentRule{
	{name: "time-wait-rst", in: in(TimeWait), when: flags(capture.RST), final: true,
		effect: "ignored in TIME_WAIT", source: "tcp_input, TH_RST"},
	{name: "rst-out-of-window", in: synchronized, when: all(flags(capture.RST), not(darwinAcceptable)), final: true,
		effect: "ignored: outside the window", source: "tcp_input, TH_RST"},
	{name: "rst-not-exact", in: synchronized, when: all(flags(capture.RST), not(darwinBelieves)), final: true,
		effect: "not believed: in the window but not exact, a challenge ACK is due",
		source: "tcp_input, tcp_is_ack_ratelimited"},
	{name: "rst-in-request", in: in(SynRecv), when: all(flags(capture.RST), requested), next: Listen, final: true,
		effect: "the request is forgotten: accept will never see it", source: "tcp_input, syncache"},
	{name: "rst-in-syn-received", in: in(SynRecv), when: flags(capture.RST), next: Closed,
		err: scenario.ECONNREFUSED, set: rcvShut | sendShut, final: true, source: "tcp_input, TH_RST"},
	{name: "rst-in-established", in: in(Established, FinWait1, FinWait2, CloseWait), when: flags(capture.RST),
		next: Closed, err: scenario.ECONNRESET, set: rcvShut | sendShut, final: true, source: "tcp_input, TH_RST"},
	{name: "rst-after-both-fins", in: in(Closing, LastAck), when: flags(capture.RST), next: Closed,
		set: rcvShut | sendShut, final: true, source: "tcp_input, TH_RST"},
	{name: "syn-in-window", in: synchronized, when: flags(capture.SYN), final: true,
		effect: "not believed: a challenge ACK is due", source: "RFC 5961 §4.2, tcp_input"},
	{name: "no-ack", in: synchronized, when: without(capture.ACK), final: true,
		effect: "ignored: no ACK flag", source: "tcp_input"},
	{name: "ack-of-unsent", in: synchronized, when: acksUnsent, final: true,
		effect: "ignored: it acknowledges what was never sent", source: "tcp_input"},
}

// darwinAborts: new data for a socket that will not read any more is answered
// with an RST in every state, and leaves no error behind.
var darwinAborts = []segmentRule{
	{name: "data-after-shutdown", in: receiving, when: all(readShut, newData), next: Closed,
		set: rcvShut | sendShut, reply: AbortOnData, final: true, source: "tcp_input, SS_CANTRCVMORE"},
}

// darwinReads: data, then the error, then the end (soreceive).
var darwinReads = []callRule{
	{name: "read-data", ops: reading, in: anyState, when: unreadData, source: "soreceive"},
	{name: "peek-keeps-error", ops: []scenario.Op{scenario.OpPeek}, in: anyState, when: pendingError, keeps: true,
		source: "soreceive, MSG_PEEK"},
	{name: "read-takes-error", ops: []scenario.Op{scenario.OpRead}, in: anyState, when: pendingError, takes: true, source: "soreceive, so_error"},
	{name: "read-after-fin", ops: reading, in: anyState, when: finSeen, gives: scenario.EOF,
		source: "soreceive, SS_CANTRCVMORE"},
	{name: "read-after-shutdown", ops: reading, in: anyState, when: noMoreReads, gives: scenario.EOF,
		source: "soreceive, SS_CANTRCVMORE"},
}

// darwinWrites: shutdown first; a pending error stays for the reader
// (sosendcheck).
var darwinWrites = []callRule{
	{name: "write-after-shutdown", ops: writing, in: anyState, when: noMoreWrites, gives: scenario.EPIPE,
		source: "sosendcheck, SS_CANTSENDMORE"},
	{name: "write-data", ops: writing, in: in(Established, CloseWait), when: hasRoom, source: "tcp_usr_send"},
}

// flush discards what is queued (sorflush).
func flush(e *endpoint, _ *scenario.Event) { e.read = e.arrived }

// heldBack: octets lie beyond a hole (t_reassqlen).
func heldBack(e *endpoint, _ *scenario.Event) bool { return e.queue.n > 0 }

var darwinShutdowns = []callRule{
	{name: "set-linger-after-reset", ops: []scenario.Op{scenario.OpSetLinger}, in: anyState, when: bothShut, gives: "EINVAL",
		source: "sosetoptlock"},
	{name: "close-write-twice", ops: []scenario.Op{scenario.OpCloseWrite}, in: anyState, when: noMoreWrites,
		gives: scenario.ENOTCONN, source: "soshutdown"},
	{name: "close-read-twice", ops: []scenario.Op{scenario.OpCloseRead}, in: anyState, when: noMoreReads,
		gives: scenario.ENOTCONN, source: "soshutdown"},
	{name: "close-read-flushes", ops: []scenario.Op{scenario.OpCloseRead}, in: ^in(Closed), set: rcvShut, do: flush,
		source: "sorflush"},
}

// darwinDisconnects: connect(2) on a socket that is connected is refused, with
// whatever address.
var darwinDisconnects = []callRule{
	{name: "disconnect-refused", ops: disconnecting, in: ^in(Closed, Listen, TimeWait), gives: "EISCONN", source: "soconnectlock"},
}

// darwinCloses: soclose, tcp_disconnect.
var darwinCloses = []callRule{
	{name: "close-unread", ops: closing, in: synchronized, when: unreadData, next: Closed, set: rcvShut | sendShut,
		abort: AbortOnClose, do: abandon, source: "RFC 2525 §2.17, tcp_disconnect"},
	{name: "close-out-of-order", ops: closing, in: synchronized, when: heldBack, next: Closed,
		set: rcvShut | sendShut, abort: AbortOnClose, do: abandon, source: "tcp_disconnect, t_reassqlen"},
	{name: "close-linger-zero", ops: closing, in: synchronized, when: lingerZero, next: Closed,
		set: rcvShut | sendShut, abort: TCPState, do: abandon, source: "tcp_disconnect, SO_LINGER"},
	{name: "close", ops: closing, in: in(SynRecv, Established), next: FinWait1, set: rcvShut | sendShut, fin: true,
		do: abandon, source: "tcp_usrclosed"},
	{name: "close-after-fin", ops: closing, in: in(CloseWait), next: LastAck, set: rcvShut | sendShut, fin: true,
		do: abandon, source: "tcp_usrclosed"},
	{name: "close-silent", ops: closing, in: anyState, set: rcvShut | sendShut, do: abandon, source: "tcp_usrclosed"},
}
