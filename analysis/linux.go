package analysis

import (
	"slices"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// Linux returns the rules of the Linux kernel: measured on 6.18, explained
// from the source of 6.12 (SEMANTICS.md §3).
func Linux() *Model {
	return &Model{
		Name:       "linux",
		Source:     "measured",
		segments:   slices.Concat(unconnected, linuxBuckets, linuxChecks, linuxOrphans, acknowledgements, linuxAborts, deliveries),
		calls:      slices.Concat(gone, linuxReads, linuxWrites, openings, listenerCloses, polls, linuxSoftErrors, socketErrors, linuxShutdowns, shutdowns, linuxDisconnects, fates, linuxCloses),
		timers:     linuxTimers,
		icmpErrors: linuxICMP,
	}
}

// linuxAcceptable is tcp_sequence: some of the segment lies between the last
// acknowledgement sent and the window's edge.
func linuxAcceptable(e *endpoint, s *capture.Segment) bool {
	return !e.known || !s.End().Before(e.ackSent) && !s.Seq.After(e.windowEdge())
}

// linuxBelieves says whether an RST has an exact sequence number: RCV.NXT; one
// less where the peer's FIN was the last to come (tcp_reset_check); or the
// right edge of the highest SACK block (tcp_validate_incoming).
func linuxBelieves(e *endpoint, s *capture.Segment) bool {
	if !s.Flags.Has(capture.RST) {
		return false
	}
	edge, held := e.queue.highest()
	return !e.known || s.Seq == e.rcvNxt || e.sack && held && s.Seq == edge ||
		finReceived.has(e.state) && s.Seq == e.rcvNxt.Add(-1)
}

// unconnected: RFC 9293 §3.10.7.1 to §3.10.7.3, and the request socket.
var unconnected = []segmentRule{
	{name: "closed-rst", in: in(Closed), when: flags(capture.RST), final: true,
		effect: "ignored: the connection is gone", source: "RFC 9293 §3.10.7.1"},
	{name: "closed-listener", in: in(Closed), when: listening, reply: TCPFlags, final: true,
		source: "tcp_rcv_state_process, LISTEN"},
	{name: "closed-no-socket", in: in(Closed), reply: NoSocket, final: true,
		source: "RFC 9293 §3.10.7.1, tcp_v4_rcv no_tcp_socket"},

	{name: "listen-rst", in: in(Listen), when: flags(capture.RST), final: true,
		effect: "ignored by the listener", source: "RFC 9293 §3.10.7.2"},
	{name: "listen-ack", in: in(Listen), when: flags(capture.ACK), reply: TCPFlags, final: true,
		source: "RFC 9293 §3.10.7.2, tcp_rcv_state_process"},
	{name: "listen-syn", in: in(Listen), when: flags(capture.SYN), do: learnRequest, next: SynRecv, final: true,
		source: "RFC 9293 §3.10.7.2, tcp_conn_request"},
	{name: "listen-other", in: in(Listen), final: true, source: "RFC 9293 §3.10.7.2"},

	{name: "syn-sent-stale-rst", in: in(SynSent), when: all(flags(capture.RST), not(acksOurSYN)), final: true,
		effect: "ignored: it does not acknowledge the SYN", source: "RFC 9293 §3.10.7.3"},
	{name: "syn-sent-bad-ack", in: in(SynSent), when: badACK, reply: InvalidAck, final: true,
		source: "RFC 9293 §3.10.7.3, tcp_rcv_synsent_state_process"},
	{name: "syn-sent-refused", in: in(SynSent), when: flags(capture.RST), next: Closed,
		err: scenario.ECONNREFUSED, set: rcvShut | sendShut, final: true,
		source: "RFC 9293 §3.10.7.3, tcp_reset"},
	{name: "syn-sent-syn-ack", in: in(SynSent), when: flags(capture.SYN | capture.ACK), do: learnPeerAndACK,
		next: Established, final: true, source: "RFC 9293 §3.10.7.3"},
	{name: "syn-sent-simultaneous", in: in(SynSent), when: flags(capture.SYN), do: learnPeer, next: SynRecv,
		final: true, source: "RFC 9293 §3.5, figure 7"},
	{name: "syn-sent-other", in: in(SynSent), final: true, source: "RFC 9293 §3.10.7.3"},

	{name: "syn-recv-bad-ack", in: in(SynRecv), when: all(without(capture.RST|capture.SYN), badACK), reply: TCPFlags,
		final: true, source: "tcp_check_req"},
	{name: "syn-recv-syn-again", in: in(SynRecv), when: all(flags(capture.SYN), without(capture.ACK|capture.RST), requested, sameSYN),
		final: true, source: "RFC 9293 §3.10.7.4, tcp_check_req"},
	{name: "syn-recv-rst-bad-ack", in: in(SynRecv), when: all(flags(capture.RST), requested, badACK), final: true,
		effect: "ignored: it does not acknowledge the SYN,ACK", source: "tcp_check_req; tcp_input, TCPS_SYN_RECEIVED"},
	{name: "syn-recv-syn-ack", in: in(SynRecv), when: all(flags(capture.SYN|capture.ACK), without(capture.RST), acksOurSYN, sameSYN),
		do: takeACK, next: Established, final: true, source: "RFC 9293 §3.5, figure 7"},
	{name: "syn-recv-ack", in: in(SynRecv), when: all(without(capture.RST), acksOurSYN, linuxAcceptable), do: complete,
		next: Established, source: "RFC 9293 §3.10.7.4, tcp_check_req"},
}

// linuxBuckets: tcp_timewait_state_process.
var linuxBuckets = []segmentRule{
	{name: "bucket-rst", in: in(FinWait2Bucket), when: all(flags(capture.RST), linuxAcceptable), next: Closed,
		final: true, source: "tcp_timewait_state_process, FIN_WAIT2"},
	{name: "time-wait-rst", in: in(TimeWait), when: all(flags(capture.RST), linuxBelieves), next: Closed,
		final: true, source: "tcp_timewait_state_process, tcp_rfc1337=0"},
	{name: "bucket-inexact-rst", in: in(FinWait2Bucket, TimeWait), when: flags(capture.RST), final: true,
		effect: "ignored: its sequence number is not the one expected", source: "tcp_timewait_state_process"},
	{name: "bucket-fin", in: in(FinWait2Bucket), when: all(flags(capture.FIN), linuxAcceptable, lastFIN),
		do: takeLastFIN, next: TimeWait, final: true, source: "tcp_timewait_state_process"},
	{name: "bucket-data", in: in(FinWait2Bucket), when: all(linuxAcceptable, beyond), next: Closed,
		reply: TimeWaitSocket, final: true, source: "tcp_timewait_state_process, TCP_TW_RST"},
	{name: "bucket-other", in: in(FinWait2Bucket, TimeWait), final: true, source: "tcp_timewait_state_process"},
}

// linuxChecks: tcp_validate_incoming, in its order.
var linuxChecks = []segmentRule{
	{name: "rst-in-request", in: in(SynRecv), when: all(flags(capture.RST), requested, linuxBelieves), next: Listen,
		final: true, effect: "the request is forgotten: accept will never see it", source: "tcp_check_req"},
	{name: "rst-out-of-window", in: synchronized,
		when:  all(flags(capture.RST), not(linuxBelieves), not(linuxAcceptable)),
		final: true, effect: "ignored: outside the window", source: "RFC 9293 §3.10.7.4, tcp_sequence"},
	{name: "rst-not-exact", in: synchronized, when: all(flags(capture.RST), not(linuxBelieves)),
		final: true, effect: "not believed: in the window but not exact, a challenge ACK is due",
		source: "RFC 5961 §3.2, tcp_send_challenge_ack"},
	{name: "rst-in-close-wait", in: in(CloseWait), when: flags(capture.RST), next: Closed, err: scenario.EPIPE,
		set: rcvShut | sendShut, final: true, source: "RFC 9293 §3.10.7.4, tcp_reset"},
	{name: "rst-in-established", in: in(Established, SynRecv), when: flags(capture.RST), next: Closed,
		err: scenario.ECONNRESET, set: rcvShut | sendShut, final: true, source: "RFC 9293 §3.10.7.4, tcp_reset"},
	{name: "rst-in-fin-wait", in: in(FinWait1, FinWait2), when: flags(capture.RST), next: Closed,
		err: scenario.ECONNRESET, set: rcvShut | sendShut, final: true, source: "RFC 9293 §3.10.7.4, tcp_reset"},
	{name: "rst-after-both-fins", in: in(Closing, LastAck), when: flags(capture.RST), next: Closed,
		err: scenario.ECONNRESET, set: rcvShut | sendShut, final: true, source: "RFC 9293 §3.10.7.4, tcp_reset"},
	{name: "out-of-window", in: synchronized, when: not(linuxAcceptable), final: true,
		effect: "ignored: outside the window", source: "RFC 9293 §3.10.7.4, tcp_sequence"},
	{name: "syn-in-window", in: synchronized, when: flags(capture.SYN), final: true,
		effect: "not believed: a challenge ACK is due", source: "RFC 5961 §4.2, tcp_validate_incoming"},
	{name: "no-ack", in: synchronized, when: without(capture.ACK), final: true,
		effect: "ignored: no ACK flag", source: "RFC 9293 §3.10.7.4"},
	{name: "ack-of-unsent", in: synchronized, when: acksUnsent, final: true,
		effect: "ignored: it acknowledges what was never sent", source: "RFC 9293 §3.10.7.4, tcp_ack"},
}

// linuxOrphans: what becomes of a closed socket when its FIN is acknowledged
// (tcp_rcv_state_process, FIN_WAIT1).
var linuxOrphans = []segmentRule{
	{name: "orphan-fin-acked-with-data", in: in(FinWait1), when: all(orphaned, acksFIN, newData), next: Closed,
		reply: AbortOnData, final: true, source: "tcp_rcv_state_process, FIN_WAIT1"},
	{name: "orphan-fin-acked-held", in: in(FinWait1), when: all(orphaned, acksFIN, without(capture.FIN), stillHeld),
		next: FinWait2, final: true, source: "tcp_rcv_state_process, FIN_WAIT1, sock_owned_by_user"},
	{name: "orphan-fin-acked", in: in(FinWait1), when: all(orphaned, acksFIN, without(capture.FIN)),
		next: FinWait2Bucket, final: true, source: "tcp_rcv_state_process, tcp_time_wait"},
}

// acknowledgements: the ACK of what we sent, and of our FIN.
var acknowledgements = []segmentRule{
	{name: "ack", in: synchronized, do: takeACK, source: "RFC 9293 §3.10.7.4, tcp_ack"},
	{name: "last-ack-acked", in: in(LastAck), when: acksFIN, next: Closed, set: rcvShut | sendShut, final: true,
		source: "RFC 9293 §3.10.7.4"},
	{name: "closing-acked", in: in(Closing), when: acksFIN, next: TimeWait, set: rcvShut | sendShut, final: true,
		source: "RFC 9293 §3.10.7.4"},
	{name: "fin-acked", in: in(FinWait1), when: acksFIN, next: FinWait2, source: "RFC 9293 §3.10.7.4"},
}

// linuxAborts: new data for a socket that has sent its FIN and will not read
// any more.
var linuxAborts = []segmentRule{
	{name: "data-after-shutdown", in: in(FinWait1, FinWait2), when: all(readShut, newData), next: Closed,
		err: scenario.ECONNRESET, set: rcvShut | sendShut, reply: AbortOnData, final: true,
		source: "RFC 1122 §4.2.2.13, tcp_rcv_state_process"},
}

// deliveries: data and FIN.
var deliveries = []segmentRule{
	{name: "data", in: receiving, do: takeData, source: "RFC 9293 §3.10.7.4, tcp_data_queue"},
	{name: "fin-in-established", in: in(Established), when: finComplete, do: takeFIN, next: CloseWait,
		set: rcvShut | done, final: true, source: "RFC 9293 §3.10.7.4, tcp_fin"},
	{name: "fin-in-fin-wait1", in: in(FinWait1), when: finComplete, do: takeFIN, next: Closing,
		set: rcvShut | done, final: true, source: "RFC 9293 §3.10.7.4, tcp_fin"},
	{name: "fin-in-fin-wait2", in: in(FinWait2), when: finComplete, do: takeFIN, next: TimeWait,
		set: rcvShut | sendShut | done, final: true, source: "RFC 9293 §3.10.7.4, tcp_fin"},
}

// gone: what Go says before it asks the kernel.
var gone = []callRule{
	{name: "closed-by-ourselves", ops: []scenario.Op{scenario.OpRead, scenario.OpPeek, scenario.OpWrite, scenario.OpClose,
		scenario.OpCloseWrite, scenario.OpCloseRead, scenario.OpSetLinger, scenario.OpSOError, scenario.OpPoll,
		scenario.OpDisconnect}, in: anyState, when: closedHere,
		gives: scenario.Closed, source: "internal/poll, ErrNetClosing"},
	{name: "read-nothing", ops: []scenario.Op{scenario.OpRead}, in: anyState, when: emptyBuffer, source: "internal/poll, FD.Read"},
	{name: "deadline-passed", ops: []scenario.Op{scenario.OpRead, scenario.OpWrite}, in: anyState,
		when: deadlinePassed, gives: scenario.Deadline, source: "internal/poll, prepareRead"},
}

var reading = []scenario.Op{scenario.OpRead, scenario.OpPeek}
var writing = []scenario.Op{scenario.OpWrite}

// linuxReads: data, then FIN, then the error, then shutdown.
var linuxReads = []callRule{
	{name: "read-data", ops: reading, in: anyState, when: unreadData, source: "tcp_recvmsg_locked"},
	{name: "read-after-fin", ops: reading, in: anyState, when: finSeen, gives: scenario.EOF,
		source: "tcp_recvmsg_locked, SOCK_DONE"},
	{name: "read-takes-error", ops: reading, in: anyState, when: pendingError, takes: true,
		source: "tcp_recvmsg_locked, sock_error"},
	{name: "read-after-shutdown", ops: reading, in: anyState, when: noMoreReads, gives: scenario.EOF,
		source: "tcp_recvmsg_locked, RCV_SHUTDOWN"},
	{name: "read-unconnected", ops: reading, in: in(Closed), when: wasConnected, gives: scenario.ENOTCONN,
		source: "tcp_recvmsg_locked, TCP_CLOSE"},
}

// linuxWrites: the error, then shutdown.
var linuxWrites = []callRule{
	{name: "write-cut-short", ops: writing, in: in(Established, CloseWait), when: cutShort, source: "tcp_sendmsg_locked, do_error"},
	{name: "write-takes-error", ops: writing, in: anyState, when: pendingError, takes: true,
		source: "sk_stream_error, sock_error"},
	{name: "write-after-shutdown", ops: writing, in: anyState, when: noMoreWrites, gives: scenario.EPIPE,
		source: "tcp_sendmsg_locked, SEND_SHUTDOWN"},
	{name: "write-unconnected", ops: writing, in: in(Closed), when: wasConnected, gives: scenario.EPIPE,
		source: "sk_stream_wait_connect, TCP_CLOSE"},
	{name: "write-data", ops: writing, in: in(Established, CloseWait), when: hasRoom, source: "tcp_sendmsg_locked"},
}

// openings: connect and accept.
var openings = []callRule{
	{name: "dial-takes-error", ops: []scenario.Op{scenario.OpDial}, in: anyState, when: pendingError, takes: true,
		source: "net, connect: SO_ERROR"},
	{name: "dial-done", ops: []scenario.Op{scenario.OpDial}, in: ^in(Closed, SynSent, SynRecv), source: "inet_stream_connect"},
	{name: "accept-done", ops: []scenario.Op{scenario.OpAccept}, in: ^in(Listen, SynRecv), do: accepted, source: "inet_csk_accept"},
}

// opUnlisten is the close of the listener that a connection came from.
const opUnlisten scenario.Op = "unlisten"

// opRelisten is the opening of another one on the same port.
const opRelisten scenario.Op = "relisten"

// listenerCloses: inet_csk_listen_stop, inet_csk_listen_start.
var listenerCloses = []callRule{
	{name: "listener-close-request", ops: []scenario.Op{opUnlisten}, in: in(SynRecv), next: Closed, do: unlisten,
		source: "inet_csk_listen_stop; tcp_v4_rcv, TCP_NEW_SYN_RECV"},
	{name: "listener-close-queue", ops: []scenario.Op{opUnlisten}, in: synchronized, when: notAccepted, next: Closed,
		set: rcvShut | sendShut, abort: TCPState, do: unlisten, source: "inet_csk_listen_stop"},
	{name: "listener-close", ops: []scenario.Op{opUnlisten}, in: anyState, do: unlisten, source: "inet_csk_listen_stop"},
	{name: "listener-again", ops: []scenario.Op{opRelisten}, in: anyState, do: relisten, source: "inet_csk_listen_start"},
}

// linuxShutdowns: inet_shutdown, tcp_shutdown.
var linuxShutdowns = []callRule{
	{name: "shutdown-unconnected", ops: []scenario.Op{scenario.OpCloseWrite, scenario.OpCloseRead}, in: in(Closed, TimeWait),
		gives: scenario.ENOTCONN, source: "inet_shutdown"},
	{name: "close-write-again", ops: []scenario.Op{scenario.OpCloseWrite}, in: anyState, when: noMoreWrites,
		source: "tcp_shutdown"},
	{name: "close-read", ops: []scenario.Op{scenario.OpCloseRead}, in: anyState, set: rcvShut, source: "tcp_shutdown"},
}

// shutdowns: CloseWrite, and the options of a socket.
var shutdowns = []callRule{
	{name: "close-write", ops: []scenario.Op{scenario.OpCloseWrite}, in: in(Established, SynRecv), next: FinWait1,
		set: sendShut, fin: true, source: "tcp_shutdown"},
	{name: "close-write-after-fin", ops: []scenario.Op{scenario.OpCloseWrite}, in: in(CloseWait), next: LastAck,
		set: sendShut, fin: true, source: "tcp_shutdown"},
	{name: "set-linger", ops: []scenario.Op{scenario.OpSetLinger}, in: anyState, do: setLinger, source: "socket(7)"},
}

// polls look at a socket and consume nothing.
var polls = []callRule{
	{name: "poll", ops: []scenario.Op{scenario.OpPoll}, in: anyState, when: somethingToPoll, source: "tcp_poll"},
}

// linuxSoftErrors: SO_ERROR shows the soft error where there is no other.
var linuxSoftErrors = []callRule{
	{name: "so-error-soft", ops: []scenario.Op{scenario.OpSOError}, in: anyState, when: onlySoftError, soft: true,
		source: "sk_getsockopt, sk_err_soft"},
}

// socketErrors: getsockopt(SO_ERROR).
var socketErrors = []callRule{
	{name: "so-error-takes", ops: []scenario.Op{scenario.OpSOError}, in: anyState, when: pendingError, takes: true,
		source: "sk_getsockopt, sock_error"},
	{name: "so-error-none", ops: []scenario.Op{scenario.OpSOError}, in: anyState, source: "sk_getsockopt"},
}

// closing: a process that is killed has its sockets closed as if it had done so
// itself (do_exit, inet_release).
var closing = []scenario.Op{scenario.OpClose, scenario.OpKill}

var disconnecting = []scenario.Op{scenario.OpDisconnect}

// linuxDisconnects: connect(2) with AF_UNSPEC.
var linuxDisconnects = []callRule{
	{name: "disconnect", ops: disconnecting, in: in(SynRecv, Established, CloseWait, FinWait1, FinWait2), next: Closed,
		abort: TCPState, do: resetBySelf, source: "RFC 9293 §3.10.5, tcp_disconnect"},
	{name: "disconnect-unsent", ops: disconnecting, in: in(Closing, LastAck), when: finHeld, next: Closed,
		abort: DisconnectWithData, do: resetBySelf, source: "tcp_disconnect, snd_nxt != write_seq"},
	{name: "disconnect-silent", ops: disconnecting, in: anyState, next: Closed, do: unconnect, source: "tcp_disconnect"},
}

// fates: what happens to a socket besides calls.
var fates = []callRule{
	{name: "vanish", ops: []scenario.Op{scenario.OpVanish}, in: anyState, next: Closed, set: rcvShut | sendShut,
		do: abandon, source: "RFC 9293 §3.5.1, a crash"},
	{name: "gone", ops: []scenario.Op{scenario.OpGone}, in: in(Closed, FinWait2Bucket, TimeWait), next: Closed,
		source: "RFC 9293 §3.4.2, tcp_time_wait"},
}

// linuxCloses: __tcp_close.
var linuxCloses = []callRule{
	{name: "close-unread", ops: closing, in: synchronized, when: unreadData, next: Closed, set: rcvShut | sendShut,
		abort: AbortOnClose, do: abandon, source: "RFC 2525 §2.17, __tcp_close"},
	{name: "close-linger-zero", ops: closing, in: in(SynRecv, Established, CloseWait, FinWait1, FinWait2),
		when: lingerZero, next: Closed, set: rcvShut | sendShut, abort: TCPState, do: abandon,
		source: "tcp_disconnect"},
	{name: "close-linger-zero-unsent", ops: closing, in: in(Closing, LastAck), when: lingerZeroFINHeld, next: Closed,
		abort: DisconnectWithData, do: abandon, source: "tcp_disconnect, snd_nxt != write_seq"},
	{name: "close-linger-zero-silent", ops: closing, in: in(Closing, LastAck), when: lingerZero, next: Closed, do: abandon,
		source: "tcp_disconnect, tcp_need_reset"},
	{name: "close", ops: closing, in: in(SynRecv, Established), next: FinWait1, set: rcvShut | sendShut, fin: true,
		do: abandon, source: "RFC 9293 §3.10.4, tcp_close_state"},
	{name: "close-after-fin", ops: closing, in: in(CloseWait), next: LastAck, set: rcvShut | sendShut, fin: true,
		do: abandon, source: "RFC 9293 §3.10.4, tcp_close_state"},
	{name: "close-fin-wait2", ops: closing, in: in(FinWait2), next: FinWait2Bucket, set: rcvShut | sendShut,
		do: abandon, source: "__tcp_close, tcp_time_wait"},
	{name: "close-silent", ops: closing, in: anyState, set: rcvShut | sendShut, do: abandon, source: "__tcp_close"},
}
