package analysis

import (
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// endpoint is one TCP socket as the model sees it. It is a plain comparable
// value: copying it forks a world, and == says that two worlds have become the
// same. Variables have the names of RFC 9293 §3.3.1 where it names them.
type endpoint struct {
	state    State
	shut     bits
	err      scenario.Fault // sk_err: the pending error, delivered once
	soft     scenario.Fault // sk_err_soft: what ICMP said, told when a timer gives up
	listener bool           // a listening socket has the port
	request  bool           // it began as a request to a listener
	orphan   bool           // the application has closed it (SOCK_DEAD)
	linger0  bool           // SO_LINGER on with 0 seconds

	disconnected bool // connect(2) with AF_UNSPEC has ended it

	sndUna, sndNxt capture.Seq
	sndFirst       capture.Seq // the first octet of data
	written        int         // octets that writes were given back as done
	writing        bool        // a write is in flight
	probes         int         // keep-alive probes sent since something came
	finOut         bool        // our FIN is owed, or sent
	finSent        bool        // it was seen to leave
	finFree        bool        // nothing kept it when it was owed first, and it has not been seen to leave
	finAt          capture.Seq // what had been received then
	rcvNxt         capture.Seq
	ackSent        capture.Seq // the acknowledgement last sent (rcv_wup)
	rcvWnd         int         // octets advertised with it
	shift          uint8       // our window scale
	scaled         bool        // both SYNs had the option
	queue          reassembly
	known          bool // the handshake was seen, so that unread octets can be counted
	joined         bool // the capture began when the connection stood already
	sack           bool // both SYNs offered SACK
	arrived        int  // octets that came in order, since the handshake
	read           int  // octets that the application has read

	shutOut bool // the peer's window is shut

	owed          [4]reset // resets that must leave, oldest first
	errBy, softBy Link     // what raised err and soft
	timer         string   // the timer that has gone off, "" if none has
	timerBy       Link     // what had waited longest when it did
	sendBy, rcvBy Link     // what set SEND_SHUTDOWN and RCV_SHUTDOWN
	doneBy        Link     // the FIN, or the segment that filled the hole before it
	takenBy       int      // the call that took the error
	openedBy      Link     // what ended the handshake of a request
	closeBy       int      // the call that closed it
	held          bool     // that call has not let go of it (sock_owned_by_user): set only while a segment arrives
	accepted      bool     // accept has returned it
	tainted       bool     // an earlier call contradicted the model
	foreign       bool     // an RST that left in its name is taken for somebody else's
}

// reset is an RST that the model says the endpoint sends.
type reset struct {
	active bool // tcp_send_active_reset; otherwise the reply to a segment
	seq    capture.Seq
	acks   bool // an RST that answers a segment without ACK acknowledges it
	reason Reason
	by     Link // the close, or the segment that it answers
	late   bool // one that was owed after it, and looks like it, has left before it
}

// alike reports whether two RSTs that answer segments look the same, and are sent
// for different reasons.
func (r reset) alike(o reset) bool {
	return !r.active && !o.active && r.seq == o.seq && r.acks == o.acks && r.reason != o.reason && r.reason != "" && o.reason != ""
}

// shutdown sets shutdown bits and remembers what set each of them first.
func (e *endpoint) shutdown(set bits, by Link) {
	if set.has(sendShut) && !e.shut.has(sendShut) {
		e.sendBy = by
	}
	if set.has(rcvShut) && !e.shut.has(rcvShut) {
		e.rcvBy = by
	}
	if set.has(done) {
		e.doneBy = by
	}
	e.shut |= set
}

// unread returns how many octets wait to be read.
func (e *endpoint) unread() int { return e.arrived - e.read }

// pollBits are the bits of a poll that the model predicts. POLLOUT depends on
// buffer sizes.
const pollBits = scenario.PollIn | scenario.PollErr | scenario.PollHup | scenario.PollRdHup

// polled returns what a poll finds (tcp_poll).
func (e *endpoint) polled() int {
	found := 0
	if e.unread() > 0 || e.shut.has(rcvShut) {
		found |= scenario.PollIn
	}
	if e.shut.has(rcvShut) {
		found |= scenario.PollRdHup
	}
	if e.shut.has(rcvShut|sendShut) || e.state == Closed {
		found |= scenario.PollHup
	}
	if e.err != "" {
		found |= scenario.PollErr
	}
	return found
}

// windowEdge returns the right edge of the receive window (tcp_receive_window).
func (e *endpoint) windowEdge() capture.Seq {
	edge := e.ackSent.Add(e.rcvWnd)
	if edge.Before(e.rcvNxt) {
		return e.rcvNxt
	}
	return edge
}

// owe notes an RST that must be seen to leave.
func (e *endpoint) owe(r reset) {
	for i := range e.owed {
		if e.owed[i].reason == "" {
			e.owed[i] = r
			return
		}
	}
	copy(e.owed[:], e.owed[1:])
	e.owed[len(e.owed)-1] = r
}

// owes returns the place in owed of the RST that s can be, or −1. An active RST
// carries SND.NXT and acknowledges RCV.NXT, a passive one carries the acknowledgement of the
// segment that it answers, and the ACK flag only where there was none
// (RFC 9293 §3.5.2).
func (e *endpoint) owes(s *capture.Segment) int {
	for i, r := range e.owed {
		switch ack := s.Flags.Has(capture.ACK); {
		case r.reason == "":
		case r.active && e.aborts(s), !r.active && ack == r.acks && s.Seq == r.seq:
			return i
		}
	}
	return -1
}

// aborts reports whether s is the RST by which the endpoint would end the
// connection of itself, as it stands.
func (e *endpoint) aborts(s *capture.Segment) bool {
	return s.Flags.Has(capture.RST|capture.ACK) && s.Seq == e.sndNxt && (s.Ack == e.rcvNxt || !e.known)
}

// paid strikes out the RST that has left. One that was owed before it still is:
// an abort and the answer to a segment may leave from two CPUs, in either order.
func (e *endpoint) paid(s *capture.Segment) {
	if i := e.owes(s); i >= 0 {
		n := i + copy(e.owed[i:], e.owed[i+1:])
		clear(e.owed[n:])
	}
}

// debts counts the RSTs that have not left, and twice one that was overtaken: of
// two that look alike only one was seen, and nothing shows that it was not the
// first.
func (e *endpoint) debts() (n int) {
	for _, r := range e.owed {
		if r.reason != "" {
			n++
		}
		if r.late {
			n++
		}
	}
	return n
}

// permits reports whether the endpoint, as it stands, can have sent s.
func (e *endpoint) permits(s *capture.Segment) bool {
	switch {
	case s.Flags.Has(capture.RST):
		return e.owes(s) >= 0
	case s.Flags.Has(capture.SYN | capture.ACK):
		return e.state == SynRecv || !e.joined && e.state != Closed && e.state != Listen
	case s.Flags.Has(capture.SYN):
		return e.state == Closed || e.state == SynSent
	case e.state == Listen, e.state == SynSent, e.state == Closed && (e.known || e.orphan):
		return false
	case s.Flags.Has(capture.ACK) && e.known && s.Ack.After(e.rcvNxt):
		return false // it can not acknowledge what has not come
	case s.Flags.Has(capture.FIN):
		return e.finOut
	}
	return true
}

// owesFIN notes that the socket has a FIN to send. It leaves before the call lets
// go of the socket if nothing is in flight and the peer's window is open
// (tcp_send_fin): what comes meanwhile waits (the backlog).
func (e *endpoint) owesFIN() {
	if !e.finOut && e.known && e.sndUna == e.sndNxt && !e.shutOut {
		e.finFree, e.finAt = true, e.rcvNxt
	}
	e.finOut = true
}

// interrupted reports whether something reached the socket between a call and
// the FIN s that the call has sent, although nothing had kept the FIN.
func (e *endpoint) interrupted(s *capture.Segment) bool {
	return s.Flags.Has(capture.FIN) && e.finFree && e.rcvNxt != e.finAt
}

// handed reports whether writes have handed over all the data up to the end of
// s: data does not leave before the write that brings it.
func (e *endpoint) handed(s *capture.Segment) bool {
	return s.Len == 0 || s.Seq.Add(s.Len).Sub(e.sndFirst) <= e.written
}

// sent notes a segment that the endpoint was seen to send.
func (e *endpoint) sent(s *capture.Segment) {
	if s.Flags.Has(capture.RST) {
		e.paid(s)
		return
	}
	e.join(s.Seq, s.Ack)
	if e.isProbe(s) {
		e.probes++
	}
	switch {
	case s.Flags.Has(capture.SYN):
		e.sndUna, e.sndNxt, e.sndFirst = s.Seq, s.End(), s.End()
		e.shift = s.Options.WindowScale
		e.scaled = s.Options.HasScale && (e.state != SynRecv || e.scaled)
		e.sack = s.Options.SACKPermitted && (e.state != SynRecv || e.sack)
		switch {
		case e.state == Closed && e.err != "":
			// An ICMP error that comes while connect has the socket does not end
			// the attempt (tcp_v6_err, sock_owned_by_user): the SYN goes out again.
			e.soft, e.softBy, e.err, e.errBy, e.shut = e.err, e.errBy, "", Link{}, 0
			e.state = SynSent
		case e.state == Closed:
			e.state = SynSent
		}
	case s.End().After(e.sndNxt):
		e.sndNxt = s.End()
	}
	if s.Flags.Has(capture.FIN) {
		e.finOut, e.finSent, e.finFree, e.finAt = true, true, false, 0
	}
	if s.Flags.Has(capture.ACK) {
		e.rcvWnd = s.Window
		if e.ackSent = s.Ack; e.known && s.Ack.After(e.rcvNxt) {
			e.ackSent = e.rcvNxt
		}
		if e.scaled && !s.Flags.Has(capture.SYN) {
			e.rcvWnd <<= e.shift
		}
	}
}

// join learns the sequence numbers of a connection that stood already, from
// the first segment that shows them: next is ours, ack the peer's.
func (e *endpoint) join(next, ack capture.Seq) {
	if e.joined && e.sndNxt == 0 {
		e.sndUna, e.sndNxt, e.sndFirst = next, next, next
		e.rcvNxt, e.ackSent = ack, ack
	}
}
