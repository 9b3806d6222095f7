package analysis

import (
	"slices"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// Facts are what segments alone tell of one socket: enough to ask a model what
// the next calls on it return. The zero value is a connection that stands.
type Facts struct {
	Called  bool // it has answered a SYN; otherwise it dialled, or nobody knows
	Opening bool // its SYN, or its SYN,ACK, has not been answered

	FINSent, FINAcked bool // its own FIN has left, and was acknowledged
	FINReceived       bool // the peer's FIN has come, and all before it

	ICMP capture.ICMP // an ICMP error about what is under way
	RST  Arrival      // a RST that has come after all this
	Own  []Reason     // the reasons that a RST may have which it sent itself; nil if it sent none
}

// Arrival is where a RST lies in the sequence space of the socket that it has
// reached, with the names of RFC 9293 §3.3.1.
type Arrival struct {
	Is     bool // there is one
	Offset int  // SEG.SEQ - RCV.NXT
	Unsaid int  // RCV.NXT less the acknowledgement last sent
	Edge   bool // SEG.SEQ is the right edge of the highest SACK block instead
	Acks   bool // SEG.ACK acknowledges the SYN of a socket that is Opening
}

// Outlook is what the next calls on a socket return if none has been made
// before: "" is success, Blocks that the call waits. The read is one that finds
// the queue empty.
type Outlook struct {
	Dial scenario.Fault // of a socket that is Opening
	Next
}

// NextCalls asks the rows of m what the next calls on a socket return of which
// these are the facts. Where they leave several things possible there are
// several outlooks, the likeliest first; none where no application has a socket.
func (m *Model) NextCalls(f Facts) []Outlook {
	e := m.standing(&f)
	if f.ICMP.Is() {
		m.icmp(&e, &capture.Segment{Seq: e.sndUna, ICMP: f.ICMP})
	}
	if f.RST.Is {
		m.arrive(&e, f.RST.segment(&e))
	}
	switch {
	case e.state == Listen:
		return nil // the request is forgotten
	case f.Own == nil:
		return []Outlook{m.outlook(e, f.Opening)}
	}
	var all []Outlook
	for _, r := range f.Own {
		for _, o := range m.ownEnds(e, &f, r) {
			if !slices.Contains(all, o) {
				all = append(all, o)
			}
		}
	}
	return all
}

// The sequence numbers of a socket of which only differences matter.
const (
	someNext   capture.Seq = 1 << 20 // SND.NXT, when all is acknowledged
	someRcv    capture.Seq = 1 << 30
	someWindow             = 1 << 16
)

// standing returns an endpoint to which has happened what f says, but for ICMP
// and RSTs: it is led there by the rows.
func (m *Model) standing(f *Facts) endpoint {
	e := endpoint{state: Established, known: true, accepted: true, sack: true, rcvWnd: someWindow,
		sndUna: someNext, sndNxt: someNext, sndFirst: someNext, rcvNxt: someRcv, ackSent: someRcv}
	switch {
	case f.Opening && f.Called:
		e.state, e.request, e.accepted, e.sndUna = SynRecv, true, false, someNext-1
	case f.Opening:
		e.state, e.known, e.sndUna = SynSent, false, someNext-1
	}
	if f.FINSent {
		m.once(&e, &scenario.Event{Op: scenario.OpCloseWrite})
		e.sent(&capture.Segment{Flags: capture.FIN | capture.ACK, Seq: e.sndNxt, Ack: e.rcvNxt, Window: someWindow})
	}
	if f.FINSent && f.FINAcked {
		m.arrive(&e, &capture.Segment{Flags: capture.ACK, Seq: e.rcvNxt, Ack: e.sndNxt, Window: someWindow})
	}
	if f.FINReceived {
		m.arrive(&e, &capture.Segment{Flags: capture.FIN | capture.ACK, Seq: e.rcvNxt, Ack: e.sndUna, Window: someWindow})
	}
	return e
}

// segment returns a RST that lies there for e.
func (a Arrival) segment(e *endpoint) *capture.Segment {
	e.ackSent = e.rcvNxt.Add(-a.Unsaid)
	s := &capture.Segment{Flags: capture.RST, Seq: e.rcvNxt.Add(a.Offset)}
	if a.Edge {
		left := e.rcvNxt.Add(1)
		s.Seq = left.Add(1)
		e.queue.add(left, s.Seq, false)
	}
	if e.state == SynSent && a.Acks {
		s.Flags, s.Ack = capture.RST|capture.ACK, e.sndNxt
	}
	return s
}

// outlook makes the calls on copies of e.
func (m *Model) outlook(e endpoint, opening bool) (o Outlook) {
	ask := func(op scenario.Op) scenario.Fault {
		socket := e
		return m.once(&socket, &scenario.Event{Op: op, Asked: 1}).fault
	}
	if opening {
		o.Dial = ask(scenario.OpDial)
	}
	o.Read, o.Write = ask(scenario.OpRead), ask(scenario.OpWrite)
	return o
}

// ownEnds returns what can be after e has sent a RST for this reason: its own
// program has ended it (CLOSED, by close(2) or, in a way that hardly anybody
// knows of, by connect(2)), a timer or an administrator has, or data has come for
// a socket that was shut.
func (m *Model) ownEnds(e endpoint, f *Facts, why Reason) (all []Outlook) {
	switch {
	case e.state == SynSent && why == InvalidAck:
		return []Outlook{m.outlook(e, true)} // it answers a stray, and goes on
	case e.state == SynSent:
		return nil // no kernel does so: a scanner
	}
	if slices.Contains(passiveReasons(), why) && !f.FINSent {
		return nil // nobody has a socket there, or a firewall said so
	}
	closed := e
	closed.orphan = true
	all = append(all, m.outlook(closed, false))
	if why == KeepaliveTimeout {
		e.probes = 1
	}
	for i := range m.timers {
		if t := &m.timers[i]; t.reset == why && t.in.has(e.state) && !t.answer && (t.when == nil || t.when(&e)) {
			e := e
			t.expire(&e, Link{})
			all = append(all, m.outlook(e, false))
		}
	}
	if why == KeepaliveTimeout && len(all) > 1 {
		return all[1:] // probes that nobody answers are no call of a program's
	}
	if why == AbortOnData {
		e := e
		e.shut |= rcvShut
		if m.arrive(&e, &capture.Segment{Flags: capture.ACK, Seq: e.rcvNxt, Ack: e.sndUna, Len: 1, Window: someWindow}); e.debts() > 0 {
			all = append(all, m.outlook(e, false))
		}
	}
	return all
}

// GivenUp asks the rows of m what the next calls return once the kernel has
// given up what the socket has sent and nobody has answered. ok is false where
// no timer runs.
func (m *Model) GivenUp(f Facts) (o Outlook, ok bool) {
	e := m.standing(&f)
	if f.ICMP.Is() {
		m.icmp(&e, &capture.Segment{Seq: e.sndUna, ICMP: f.ICMP})
	}
	e.sndNxt = e.sndUna.Add(1)
	for i := range m.timers {
		t := &m.timers[i]
		if t.err == scenario.ETIMEDOUT && t.in.has(e.state) && (t.when == nil || t.when(&e)) {
			t.expire(&e, Link{})
			return m.outlook(e, f.Opening), true
		}
	}
	return Outlook{}, false
}
