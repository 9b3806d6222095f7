package analysis

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// explainer holds what Explain works on.
type explainer struct {
	evidence   Evidence
	events     map[int]*scenario.Event
	closes     map[int]*scenario.Event // by socket
	unlistened map[int]string          // the rule that a listener's close followed, by event
	segments   map[int]*capture.Segment
	homes      map[int]*home // by event ID
	senders    map[int]*home // by segment ID
	notes      map[int]Note
	out        Explanation
	prospects  []Prospect
}

// home is one side of a connection with its replay.
type home struct {
	conn      *connection
	side      *side
	role      scenario.Role
	peer      *home
	replay    *replay
	partial   bool         // too little is known of the socket to contradict what its calls returned
	late      map[int]bool // calls that only stamps far ahead of the socket explain
	steps     []*step
	calls     map[int]*step     // by event ID
	arrived   map[int]*step     // by segment ID
	sent      map[int]*step     // by segment ID
	elsewhere map[int]Elsewhere // by event ID
	refused   int               // the segment that ended the handshake of a connection then refused
}

// Explain says of every failed call which segment caused it. What can not be
// told is inconclusive, what contradicts the model unexplained. Events must
// have IDs of their own, and so must segments.
func Explain(e Evidence) Explanation { return explain(e).out }

func explain(e Evidence) *explainer {
	if e.Model == nil {
		e.Model = Linux()
	}
	x := &explainer{
		evidence:   e,
		events:     make(map[int]*scenario.Event, len(e.Events)),
		closes:     make(map[int]*scenario.Event),
		unlistened: make(map[int]string),
		segments:   make(map[int]*capture.Segment, len(e.Segments)),
		homes:      make(map[int]*home),
		senders:    make(map[int]*home),
		notes:      make(map[int]Note, len(e.Segments)),
	}
	for i := range e.Events {
		ev := &e.Events[i]
		x.events[ev.ID] = ev
		if ev.Op == scenario.OpClose && ev.Fault == "" {
			x.closes[ev.Conn] = ev
		}
	}
	for i := range e.Segments {
		x.segments[e.Segments[i].ID] = &e.Segments[i]
	}
	list := connections(e.Segments)
	rest := attach(list, e.Events)
	for _, c := range list {
		c.gap = e.Gap
		x.connection(c)
	}
	x.hear()
	for _, c := range list {
		for _, s := range c.ends {
			for _, ev := range s.calls {
				x.call(ev)
			}
		}
	}
	for _, ev := range rest {
		if !ev.Op.Library() {
			x.localCall(ev)
		}
	}
	for _, ev := range rest {
		if ev.Op.Library() {
			x.libraryCall(ev)
		}
	}
	x.finish()
	return x
}

// connection replays both sides and notes what is known of each segment.
func (x *explainer) connection(c *connection) {
	var pair [2]*home
	c.lost = c.undelivered(x.evidence.Taken)
	for i := range c.ends {
		if i == 1 && c.self() {
			pair[1] = pair[0]
			break
		}
		pair[i] = x.home(c, &c.ends[i], i == 0)
	}
	pair[0].peer, pair[1].peer = pair[1], pair[0]
	origins(c, func(id int, from Link) {
		n := x.notes[id]
		n.From = from
		x.notes[id] = n
	})
	for _, s := range c.segments {
		from := pair[0]
		if (s.Src != from.side.addr) != s.ICMP.Is() {
			from = pair[1] // an ICMP error comes to the sender of what it quotes
		}
		x.senders[s.ID] = from
		x.note(s, from)
	}
	x.foresee(pair)
}

func (x *explainer) home(c *connection, s *side, first bool) *home {
	h := &home{conn: c, side: s, role: s.role(first),
		calls: make(map[int]*step), arrived: make(map[int]*step), sent: make(map[int]*step)}
	h.replay, h.late = live(x.evidence.Model, c, s)
	h.steps = h.replay.worlds.past[0].sequence()
	for _, st := range h.steps {
		switch {
		case st.call != nil && (st.call.Op == opUnlisten || st.call.Op == opRelisten):
			x.unlistened[st.call.ID] = st.answer.rule.name
		case st.call != nil:
			h.calls[st.call.ID] = st
		case st.arrived != nil:
			h.arrived[st.arrived.ID] = st
		case st.sent != nil:
			h.sent[st.sent.ID] = st
		case st.timer != nil && st.timer.answer:
			h.refused = st.after.openedBy.Segment
		}
	}
	h.partial = !c.whole() || slices.ContainsFunc(h.steps, func(st *step) bool {
		return st.after.state == Established && !st.after.known // more holes than the model counts
	})
	h.elsewhere = relive(otherModel(x.evidence.Model), s.beginnings(c).list[0].endpoint, h.steps)
	for _, ev := range s.calls {
		x.homes[ev.ID] = h
	}
	return h
}

// note adds what the replays say of a segment.
func (x *explainer) note(s *capture.Segment, from *home) {
	n := x.notes[s.ID]
	if st := from.sent[s.ID]; st != nil && s.Flags.Has(capture.RST) {
		n.From, n.Reasons = st.origin, from.replay.reasons[s.ID]
		slices.Sort(n.Reasons)
	}
	if n.Lost = from.conn.lost[s.ID]; n.Lost != "" {
		n.Effect = fmt.Sprintf("it did not reach the %s: %s", from.peer.role, n.Lost)
	}
	if st := from.peer.arrived[s.ID]; st != nil {
		n.Effect, n.Rules = effect(from.peer.role, st), st.passed.rules
		if from.peer.refused == s.ID {
			n.Effect, n.Rules = fmt.Sprintf("%s: refused, for the accept queue was full", from.peer.role), append(slices.Clone(n.Rules), overflow)
		}
	}
	if st := from.peer.arrived[s.ID]; st != nil && s.Flags.Has(capture.RST) {
		p := st.passed
		n.Ended = p.before != p.after && (p.after == Closed || p.after == Listen)
	}
	n.Strange = from.replay.strange[s.ID] && !from.replay.blind
	x.notes[s.ID] = n
}

// relive takes the steps of a life through the rules of another model and
// returns what the calls then give.
func relive(m *Model, e endpoint, steps []*step) map[int]Elsewhere {
	results := make(map[int]Elsewhere)
	never := false // a timer has gone off that this model does not have
	for _, st := range steps {
		switch {
		case st.arrived != nil:
			m.arrive(&e, st.arrived)
		case st.sent != nil:
			e.sent(st.sent)
		case st.timer != nil:
			if t := m.timer(st.timer.name); t != nil {
				t.expire(&e, Link{})
			} else {
				never = true
			}
		case st.call != nil:
			a := m.call(&e, st.call)
			if cutByDeadline(st.call) && (a.fault == Blocks || a.fault == "" && waited(st.call)) {
				a = answer{fault: scenario.Deadline, n: a.n}
			}
			if never && (st.call.Op == scenario.OpRead || st.call.Op == scenario.OpWrite) {
				results[st.call.ID] = Elsewhere{Fault: Blocks}
				continue
			}
			if a.fault == Blocks && st.call.Fault == scenario.Canceled {
				a.fault = scenario.Canceled // the program gives up there as well
			}
			there := Elsewhere{Fault: a.fault, N: max(a.n, 0)}
			if a.fault == "" && st.call.Op == scenario.OpWrite {
				there.N = st.call.Asked
			}
			if a.rule != nil {
				there.Rule, there.Source = a.rule.name, a.rule.source
			}
			results[st.call.ID] = there
		}
	}
	return results
}

func otherModel(m *Model) *Model {
	if m.Name == "darwin" {
		return Linux()
	}
	return Darwin()
}

// call judges one call that was made on a connection.
func (x *explainer) call(ev *scenario.Event) {
	h := x.homes[ev.ID]
	c := Call{Event: ev.ID, Predicted: h.replay.predicted[ev.ID], Certainty: Exact}
	slices.Sort(c.Predicted)
	st := h.calls[ev.ID]
	if st != nil && st.answer.rule != nil {
		c.Rule = st.answer.rule.name
		if st.answer.rule.abort == AbortOnClose {
			c.Lost = st.after.unread()
		}
	}
	if st != nil {
		c.Timer = st.after.timer
	}
	switch {
	case st == nil || h.partial || h.late[ev.ID] || !x.evidence.Model.knows(ev.Op):
		c.Certainty = Unknown
	case h.replay.timed[ev.ID]:
		c.Certainty = Timer
	default:
		c.Certainty = h.replay.certainty(ev)
	}
	x.out.Calls = append(x.out.Calls, c)
	if st == nil || ev.Fault == "" && !h.replay.broken[ev.ID] && !h.late[ev.ID] {
		return
	}
	x.out.Verdicts = append(x.out.Verdicts, x.verdict(ev, h, st, c))
}

// localCall judges a call that never had a segment.
func (x *explainer) localCall(ev *scenario.Event) {
	c := Call{Event: ev.ID, Predicted: []scenario.Fault{ev.Fault}, Certainty: Local, Rule: x.unlistened[ev.ID]}
	x.out.Calls = append(x.out.Calls, c)
	if ev.Fault == "" || ev.End.IsZero() {
		return
	}
	v := Verdict{Event: ev.ID, Fault: ev.Fault, Predicted: c.Predicted, Outcome: Inconclusive, Elsewhere: Elsewhere{Fault: ev.Fault},
		Chain: []Link{{Event: ev.ID}}, Because: "no captured segment could be tied to this call"}
	if own := x.closes[ev.Conn]; ev.Fault == scenario.Closed && own != nil && own.Start.Before(ev.End) && own.ID != ev.ID {
		v.Outcome, v.Cause = Explained, Link{Event: own.ID}
		v.Chain = []Link{v.Cause, {Event: ev.ID}}
		v.Because = "the program itself had closed the socket"
	}
	if says, source := x.refusedLocally(ev); says != "" {
		v.Outcome, v.Because, v.Rule, v.Source = Explained, says, noSegmentLeft, source
	}
	if ev.Fault == scenario.Deadline && !ev.Deadline.IsZero() && !ev.End.Before(ev.Deadline) || ev.Fault == scenario.Canceled {
		v.Outcome, v.Because = Explained, "the program itself ended the call"
	}
	x.out.Verdicts = append(x.out.Verdicts, v)
}

// finish caps verdicts where frames were lost, and sums up.
func (x *explainer) finish() {
	x.out.Notes = x.notes
	if len(x.evidence.Events) == 0 && len(x.evidence.Segments) > 0 {
		x.out.Outcome = Inconclusive // segments alone, and no call to explain
	}
	byEvent := func(a, b Call) int { return cmp.Compare(a.Event, b.Event) }
	slices.SortFunc(x.out.Calls, byEvent)
	slices.SortFunc(x.out.Verdicts, func(a, b Verdict) int { return cmp.Compare(a.Event, b.Event) })
	if len(x.out.Findings) > 0 {
		x.out.Outcome = Unexplained
	}
	for i := range x.out.Verdicts {
		v := &x.out.Verdicts[i]
		x.hold(v)
		if h := x.homes[v.Event]; h != nil && x.lossy(h.conn) {
			v.Outcome = Inconclusive
			v.Because = x.lost() + " while this connection was open; as far as it goes: " + v.Because
		}
		x.out.Outcome = max(x.out.Outcome, v.Outcome)
		for _, l := range v.Chain {
			if n, ok := x.notes[l.Segment]; ok && v.Outcome == Explained {
				n.Decisive = true
				x.notes[l.Segment] = n
			}
		}
	}
}

// lossy reports whether frames, or calls, were lost while the connection was open.
func (x *explainer) lossy(c *connection) bool {
	from, to := c.start(), c.segments[len(c.segments)-1].Time
	for _, s := range c.ends {
		for _, ev := range s.calls {
			from, to = earlier(from, ev.Start), later(later(to, ev.End), ev.Start)
		}
	}
	return slices.ContainsFunc(x.evidence.Losses, func(l Loss) bool {
		return !l.To.Before(from) && !l.From.After(to)
	})
}

// lost says what was.
func (x *explainer) lost() string {
	if slices.ContainsFunc(x.evidence.Losses, func(l Loss) bool { return l.Frames > 0 }) {
		return "the capture lost frames"
	}
	return "not every call was seen"
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
