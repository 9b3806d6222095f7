package analysis

import (
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// Model is the behaviour of one TCP implementation, as tables. Rows are tried
// in order.
type Model struct {
	Name       string // "linux" or "darwin"
	Source     string // where the rows come from: "measured", "from source"
	segments   []segmentRule
	calls      []callRule
	timers     []timerRule
	icmpErrors []icmpRule
}

// ModelFor returns the model called name, "linux" or "darwin".
func ModelFor(name string) (*Model, bool) {
	for _, m := range []*Model{Linux(), Darwin()} {
		if m.Name == name {
			return m, true
		}
	}
	return nil, false
}

// segmentRule is one row of the table that says what an arriving segment does
// to an endpoint. Every row that applies takes effect, in order, until one that
// is final: checks come first and are final, then the acknowledgement, the
// data and the FIN are processed in turn (RFC 9293 §3.10.7).
type segmentRule struct {
	name   string
	in     states
	when   func(*endpoint, *capture.Segment) bool // nil: always
	do     func(*endpoint, *capture.Segment)      // sequence-space bookkeeping
	next   State                                  // same: stays
	err    scenario.Fault                         // becomes the pending error
	set    bits
	reply  Reason // an RST answers the segment, for this reason
	final  bool
	effect string // what to tell a person where the state says nothing
	source string
}

// callRule is one row of the table that says what a call returns. The first
// that applies decides; where none does, the call waits.
type callRule struct {
	name   string
	ops    []scenario.Op
	in     states
	when   func(*endpoint, *scenario.Event) bool
	gives  scenario.Fault // "" is success
	takes  bool           // gives the pending error, and clears it
	keeps  bool           // gives the pending error, and leaves it
	soft   bool           // gives the soft error, and clears it
	next   State
	set    bits
	fin    bool   // a FIN is owed
	abort  Reason // an RST is owed, for this reason
	do     func(*endpoint, *scenario.Event)
	source string
}

// passed tells what a segment did to an endpoint.
type passed struct {
	before, after State
	raised        scenario.Fault // the error that it made pending
	softened      scenario.Fault // the soft error that it left
	rule          *segmentRule   // the last row that matters to a person, or nil
	rules         []string       // all rows that applied
	icmp          *icmpRule      // the row about an ICMP error, or nil
}

// timer returns the timer of this name, or nil.
func (m *Model) timer(name string) *timerRule {
	for i := range m.timers {
		if m.timers[i].name == name {
			return &m.timers[i]
		}
	}
	return nil
}

// Rules returns the names of all rows: those about segments, about calls and
// about timers.
func (m *Model) Rules() (segments, calls, timers []string) {
	for i := range m.segments {
		segments = append(segments, m.segments[i].name)
	}
	for i := range m.calls {
		calls = append(calls, m.calls[i].name)
	}
	for i := range m.timers {
		timers = append(timers, m.timers[i].name)
	}
	for i := range m.icmpErrors {
		segments = append(segments, m.icmpErrors[i].name)
	}
	return segments, calls, timers
}

// agrees reports whether the answer is what the call returned.
func (a answer) agrees(ev *scenario.Event) bool {
	n := ev.N
	if ev.Op == scenario.OpPoll {
		n &= pollBits
	}
	return a.fault == ev.Fault && (a.n < 0 || a.n == n)
}

// arrive lets s reach the endpoint.
func (m *Model) arrive(e *endpoint, s *capture.Segment) passed {
	if s.ICMP.Is() {
		return m.icmp(e, s)
	}
	p := passed{before: e.state}
	e.probes = 0
	e.join(s.Ack, s.Seq)
	for i := range m.segments {
		r := &m.segments[i]
		if !r.in.has(e.state) || r.when != nil && !r.when(e, s) {
			continue
		}
		r.apply(e, s)
		p.rules = append(p.rules, r.name)
		if r.err != "" {
			p.raised = r.err
		}
		if r.next != same || r.err != "" || r.reply != "" || r.effect != "" {
			p.rule = r
		}
		if r.final {
			break
		}
	}
	p.after = e.state
	return p
}

func (r *segmentRule) apply(e *endpoint, s *capture.Segment) {
	by := Link{Segment: s.ID}
	if r.do != nil {
		r.do(e, s)
	}
	if r.err != "" {
		e.err, e.errBy = r.err, by
	}
	e.shutdown(r.set, by)
	if r.reply != "" {
		answer := reset{reason: r.reply, by: by, acks: !s.Flags.Has(capture.ACK)}
		if s.Flags.Has(capture.ACK) {
			answer.seq = s.Ack // RFC 9293 §3.5.2, group 1
		}
		e.owe(answer)
	}
	if r.next != same {
		e.state = r.next
	}
}

// answer is what a rule says that a call returns, in one world.
type answer struct {
	rule  *callRule
	fault scenario.Fault
	n     int  // octets that a read gives, bits that a poll finds; −1 where the model does not say
	cause Link // what brought it about; zero if nothing did
}

// call makes the call ev on the endpoint and says what it returns. An answer
// of Blocks leaves the endpoint as it was.
func (m *Model) call(e *endpoint, ev *scenario.Event) answer {
	switch {
	case ev.Op == scenario.OpShutdown:
		return m.shutdown(e, ev)
	case ev.Op == scenario.OpRead && ev.Fault != "" && ev.N > 0:
		return m.readOn(e, ev)
	}
	return m.once(e, ev)
}

// shutdown is shutdown(2): SHUT_RD, SHUT_WR and SHUT_RDWR are 0, 1 and 2.
func (m *Model) shutdown(e *endpoint, ev *scenario.Event) (a answer) {
	how := *ev
	if ev.Asked != 0 {
		how.Op = scenario.OpCloseWrite
		a = m.once(e, &how)
	}
	if ev.Asked != 1 && a.fault == "" {
		how.Op = scenario.OpCloseRead
		a = m.once(e, &how)
	}
	return a
}

// readOn is a read that returned octets and a fault: a loop of reads, as in
// io.ReadFull, whose last one failed.
func (m *Model) readOn(e *endpoint, ev *scenario.Event) answer {
	left := *ev
	left.Fault = ""
	for left.Asked > 0 {
		a := m.once(e, &left)
		if a.fault != "" || a.n <= 0 {
			a.n = ev.Asked - left.Asked
			return a
		}
		left.Asked -= a.n
	}
	return answer{n: ev.Asked}
}

func (m *Model) once(e *endpoint, ev *scenario.Event) answer {
	for i := range m.calls {
		r := &m.calls[i]
		if !r.in.has(e.state) || !r.is(ev.Op) || r.when != nil && !r.when(e, ev) {
			continue
		}
		return r.apply(e, ev)
	}
	return answer{fault: Blocks, n: -1}
}

// knows reports whether any row is about the operation.
func (m *Model) knows(op scenario.Op) bool {
	for i := range m.calls {
		if m.calls[i].is(op) {
			return true
		}
	}
	return op == scenario.OpShutdown
}

func (r *callRule) is(op scenario.Op) bool {
	for _, o := range r.ops {
		if o == op {
			return true
		}
	}
	return false
}

func (r *callRule) apply(e *endpoint, ev *scenario.Event) answer {
	a := answer{rule: r, fault: r.gives, n: -1}
	switch {
	case r.takes:
		a.fault, a.cause = e.err, e.errBy
		e.err, e.takenBy = "", ev.ID
	case r.keeps:
		a.fault, a.cause = e.err, e.errBy
	case r.gives == scenario.Closed:
		a.cause = Link{Event: e.closeBy}
	case r.gives == scenario.EOF && e.shut.has(done):
		a.cause = e.doneBy
	case r.gives == "EISCONN": // no error: the connection itself is in the way
	case r.soft:
		a.fault, a.cause = e.soft, e.softBy
		e.soft = ""
	case r.gives != "" && r.gives != scenario.Deadline:
		a.cause = e.rcvBy
		if ev.Op != scenario.OpRead && ev.Op != scenario.OpPeek && ev.Op != scenario.OpCloseRead {
			a.cause = e.sendBy
		}
	case r.gives == "" && ev.Op == scenario.OpPoll:
		a.n = e.polled()
		if ev.Asked != 0 {
			a.n &= ev.Asked | scenario.PollErr | scenario.PollHup
		}
	case r.gives == "" && ev.Op == scenario.OpRead && e.known:
		a.n = min(e.unread(), ev.Asked)
		e.read += a.n
	case r.gives == "" && ev.Op == scenario.OpPeek && e.known:
		a.n = min(e.unread(), ev.Asked)
	case r.gives == "" && ev.Op == scenario.OpWrite:
		e.written += ev.N
	}
	by := Link{Event: ev.ID}
	if r.do != nil {
		r.do(e, ev)
	}
	e.shutdown(r.set, by)
	if r.fin {
		e.owesFIN()
	}
	if r.abort != "" {
		e.owe(reset{active: true, reason: r.abort, by: by})
	}
	if r.next != same {
		e.state = r.next
	}
	return a
}
