package analysis

import (
	"time"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// What the rows of every model ask of a segment, and the bookkeeping in
// sequence space that they share.

func flags(want capture.Flags) func(*endpoint, *capture.Segment) bool {
	return func(_ *endpoint, s *capture.Segment) bool { return s.Flags.Has(want) }
}

func without(not capture.Flags) func(*endpoint, *capture.Segment) bool {
	return func(_ *endpoint, s *capture.Segment) bool { return s.Flags&not == 0 }
}

// all is true where every one of conds is.
func all(conds ...func(*endpoint, *capture.Segment) bool) func(*endpoint, *capture.Segment) bool {
	return func(e *endpoint, s *capture.Segment) bool {
		for _, c := range conds {
			if !c(e, s) {
				return false
			}
		}
		return true
	}
}

func not(cond func(*endpoint, *capture.Segment) bool) func(*endpoint, *capture.Segment) bool {
	return func(e *endpoint, s *capture.Segment) bool { return !cond(e, s) }
}

// acksOurSYN: SND.UNA < SEG.ACK =< SND.NXT (RFC 9293 §3.10.7.3).
func acksOurSYN(e *endpoint, s *capture.Segment) bool {
	return s.Flags.Has(capture.ACK) && s.Ack.After(e.sndUna) && !s.Ack.After(e.sndNxt)
}

func badACK(e *endpoint, s *capture.Segment) bool {
	return s.Flags.Has(capture.ACK) && !acksOurSYN(e, s)
}

// acksUnsent: the acknowledgement covers what has not been sent.
func acksUnsent(e *endpoint, s *capture.Segment) bool { return s.Ack.After(e.sndNxt) }

// acksFIN: the acknowledgement covers our FIN, the last we send.
func acksFIN(e *endpoint, s *capture.Segment) bool {
	return e.finSent && s.Flags.Has(capture.ACK) && s.Ack == e.sndNxt
}

// sameSYN: it repeats the SYN that has come, as it does where both SYNs crossed.
func sameSYN(e *endpoint, s *capture.Segment) bool { return s.End() == e.rcvNxt }

// complete takes the acknowledgement that ends the handshake.
func complete(e *endpoint, s *capture.Segment) {
	takeACK(e, s)
	e.openedBy = Link{Segment: s.ID}
}

// newData: some of the payload has not come before.
func newData(e *endpoint, s *capture.Segment) bool {
	return s.Len > 0 && s.Seq.Add(s.Len).After(e.rcvNxt)
}

// lastFIN: the segment brings the FIN and nothing before it that is missing.
func lastFIN(e *endpoint, s *capture.Segment) bool { return s.End() == e.rcvNxt.Add(1) }

// beyond: some of its sequence space has not come before.
func beyond(e *endpoint, s *capture.Segment) bool {
	return s.End() != s.Seq && s.End().After(e.rcvNxt)
}

// finComplete: all octets up to a FIN have come.
func finComplete(e *endpoint, _ *capture.Segment) bool {
	return e.queue.hasFIN && e.queue.fin == e.rcvNxt
}

func orphaned(e *endpoint, _ *capture.Segment) bool  { return e.orphan }
func stillHeld(e *endpoint, _ *capture.Segment) bool { return e.held }
func requested(e *endpoint, _ *capture.Segment) bool { return e.request }
func listening(e *endpoint, _ *capture.Segment) bool { return e.listener }
func readShut(e *endpoint, _ *capture.Segment) bool  { return e.shut.has(rcvShut) }

// learnPeer takes the initial sequence number and the options of a SYN.
func learnPeer(e *endpoint, s *capture.Segment) {
	e.rcvNxt = s.Seq.Add(1)
	e.ackSent = e.rcvNxt
	e.scaled = s.Options.HasScale && (e.state != SynSent || e.scaled)
	e.sack = s.Options.SACKPermitted && (e.state != SynSent || e.sack)
	e.known = true
}

// learnRequest does so for a request that a listener got.
func learnRequest(e *endpoint, s *capture.Segment) {
	learnPeer(e, s)
	e.request = true
}

func learnPeerAndACK(e *endpoint, s *capture.Segment) {
	learnPeer(e, s)
	takeACK(e, s)
}

// takeACK advances SND.UNA, and notes whether the peer's window is shut.
func takeACK(e *endpoint, s *capture.Segment) {
	if s.Flags.Has(capture.ACK) && !s.Ack.Before(e.sndUna) && !s.Ack.After(e.sndNxt) {
		e.sndUna, e.soft, e.shutOut = s.Ack, "", s.Window == 0
	}
}

// takeData queues payload and FIN, and advances RCV.NXT over what has no hole.
func takeData(e *endpoint, s *capture.Segment) {
	if s.Len == 0 && !s.Flags.Has(capture.FIN) || s.End().Before(e.rcvNxt) {
		return
	}
	if e.known && s.Len > 0 && !s.Seq.Before(e.windowEdge()) {
		return // a probe of a window that is full (tcp_data_queue)
	}
	if !e.queue.add(s.Seq, s.Seq.Add(s.Len), s.Flags.Has(capture.FIN)) {
		e.known = false // more holes than are kept count of
	}
	reach := e.queue.advance(e.rcvNxt)
	e.arrived += reach.Sub(e.rcvNxt)
	e.rcvNxt = reach
}

// takeFIN steps over the FIN.
func takeFIN(e *endpoint, _ *capture.Segment) {
	e.rcvNxt = e.rcvNxt.Add(1)
	e.queue.hasFIN = false
}

// takeLastFIN does both for a FIN that stands alone.
func takeLastFIN(e *endpoint, s *capture.Segment) {
	takeData(e, s)
	takeFIN(e, s)
}

// What the rows ask of a call.

func pendingError(e *endpoint, _ *scenario.Event) bool { return e.err != "" }
func unreadData(e *endpoint, _ *scenario.Event) bool   { return e.unread() > 0 }
func closedHere(e *endpoint, _ *scenario.Event) bool   { return e.orphan }
func finSeen(e *endpoint, _ *scenario.Event) bool      { return e.shut.has(done) }
func noMoreReads(e *endpoint, _ *scenario.Event) bool  { return e.shut.has(rcvShut) }
func noMoreWrites(e *endpoint, _ *scenario.Event) bool { return e.shut.has(sendShut) }
func lingerZero(e *endpoint, _ *scenario.Event) bool   { return e.linger0 }

// finHeld: the FIN has not left, and so neither has what stands before it: the
// peer's window has no room (tcp_disconnect, "discrepancy of Linux wrt. RFC
// states").
func finHeld(e *endpoint, _ *scenario.Event) bool { return !e.finSent }

func lingerZeroFINHeld(e *endpoint, ev *scenario.Event) bool {
	return lingerZero(e, ev) && finHeld(e, ev)
}

// emptyBuffer: Go's Read of no octets, which does not ask the kernel and so can
// not fail. One that failed was a recv(2) of no octets, which does.
func emptyBuffer(_ *endpoint, ev *scenario.Event) bool { return ev.Asked == 0 && ev.Fault == "" }

// deadlinePassed: the deadline lay before the call, which then does not touch
// the socket (internal/poll, prepareRead).
func deadlinePassed(_ *endpoint, ev *scenario.Event) bool {
	return !ev.Deadline.IsZero() && ev.Deadline.Before(ev.Start) && !timerLate(ev)
}

// timerSlack is how late the runtime may notice a deadline: it takes a timer
// for it, and a process may not get a CPU for long.
const timerSlack = time.Second

// timerLate: the deadline had just passed, but what the call returned shows
// that nobody had told the descriptor yet (runtime, netpollDeadline).
func timerLate(ev *scenario.Event) bool {
	return ev.Fault != scenario.Deadline && ev.Deadline.Before(ev.Start) && ev.Start.Sub(ev.Deadline) < timerSlack
}

// maxSendBuffer is more than a socket's send buffer grows to by itself: the
// default of net.ipv4.tcp_wmem, 4 MiB.
const maxSendBuffer = 4 << 20

// hasRoom: the send buffer can hold the write, with what the peer has
// acknowledged gone from it. A larger one waits in the middle
// (sk_stream_wait_memory).
func hasRoom(e *endpoint, ev *scenario.Event) bool {
	acked := max(e.sndUna.Sub(e.sndFirst), 0)
	return e.written+ev.Asked-acked <= maxSendBuffer
}

// cutShort is true of a write(2) that returned fewer octets than asked for, and
// no error: it had waited, and what ended the wait stays for the next call. Go
// goes on writing, and returns both.
func cutShort(_ *endpoint, ev *scenario.Event) bool {
	return ev.Fault == "" && ev.N > 0 && ev.N < ev.Asked
}

func onlySoftError(e *endpoint, _ *scenario.Event) bool { return e.err == "" && e.soft != "" }

// somethingToPoll: one of the bits asked for is there; errors and hang-ups are
// always asked for. A poll that asks for nothing else does not wait.
func somethingToPoll(e *endpoint, ev *scenario.Event) bool {
	return ev.Asked == 0 || e.polled()&(ev.Asked|scenario.PollErr|scenario.PollHup) != 0
}

// setLinger notes SO_LINGER; Asked holds its seconds, negative for off.
func setLinger(e *endpoint, ev *scenario.Event) { e.linger0 = ev.Asked == 0 }

func bothShut(e *endpoint, _ *scenario.Event) bool    { return e.shut.has(rcvShut | sendShut) }
func notAccepted(e *endpoint, _ *scenario.Event) bool { return !e.accepted }

// accepted notes that the application has the socket.
func accepted(e *endpoint, _ *scenario.Event) { e.accepted = true }

// unlisten closes the listener.
func unlisten(e *endpoint, _ *scenario.Event) {
	e.listener = false
	if e.state == Listen {
		e.state = Closed
	}
}

// relisten opens another one.
func relisten(e *endpoint, _ *scenario.Event) { e.listener = true }

// wasConnected: it has been, and a disconnect has made nothing of it.
func wasConnected(e *endpoint, _ *scenario.Event) bool { return e.disconnected }

// unconnect makes the socket one that has never been connected: what is queued
// is lost, and so are the marks of its ends (tcp_disconnect).
func unconnect(e *endpoint, ev *scenario.Event) {
	by := Link{Event: ev.ID}
	e.disconnected, e.shut, e.read = true, 0, e.arrived
	e.sendBy, e.rcvBy, e.doneBy = by, by, Link{}
}

// resetBySelf does so to a socket whose peer is told.
func resetBySelf(e *endpoint, ev *scenario.Event) {
	unconnect(e, ev)
	e.err, e.errBy = scenario.ECONNRESET, Link{Event: ev.ID}
}

// abandon makes the socket an orphan (tcp_close).
func abandon(e *endpoint, ev *scenario.Event) { e.orphan, e.closeBy = true, ev.ID }
