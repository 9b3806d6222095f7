package proof

import (
	"slices"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// Kind is a kind of experiment.
type Kind uint8

// The kinds.
const (
	Withhold    Kind = iota + 1 // a call is not made
	Take                        // a segment and its repeats are taken off the wire
	Answer                      // a segment that nobody answers is answered
	Silence                     // nothing that the peer sends arrives, once the connection stands
	LateSilence                 // likewise, from the beginning of the call on
	Forge                       // what draws the segment is held back, and it alone is forged
	Dose                        // likewise with other sequence numbers
)

// Action is one experiment. Two that are equal are the same one.
type Action struct {
	Kind    Kind
	Call    CallKey    // of Withhold and of both silences
	Segment SegmentKey // of the others

	// Of Forge and Dose: what is held back. Where neither is set, because nobody
	// knows what draws the segment, it is the segment itself that is taken.
	HoldCall    CallKey
	HoldSegment SegmentKey

	// Reply says that an RST has the number that answers what is held back: the
	// one that it acknowledges (RFC 9293 §3.5.2).
	Reply bool

	// Until is the last call, exclusive, of those that Withhold withholds of one
	// socket: all from Call on that could take the error that it took.
	Until CallKey

	// Of a contrast: what else is taken away, see [Trials.Contrast].
	AsideCall    CallKey
	AsideSegment SegmentKey
}

// plan is what is to be tried of a run's verdicts.
type plan struct {
	run    *analysis.Run
	keys   map[int]CallKey // by event ID
	claims []*claim
}

// claim is one verdict that is tried.
type claim struct {
	verdict *analysis.Verdict
	final   CallKey
	event   *scenario.Event
	links   []link
	suffice Action // what shows that the cause suffices; no Kind if nothing can
	excuse  string // why nothing can
	dose    Action // no Kind if none is tried
	local   bool   // no segment is blamed
	silence Action
	late    Action
}

// link is one link of a chain, and how it is tried.
type link struct {
	from, to analysis.Link
	try      Action // no Kind if nothing can
	excuse   string // why nothing can
	emits    bool   // from is what made to be sent, by the model
}

// Plan says what is to be tried of the verdicts of a run. They need not be the
// run's own: what somebody else claims can be tried as well.
func Plan(r *analysis.Run, verdicts []analysis.Verdict) *Trials {
	p := &plan{run: r, keys: Keys(r.Evidence.Events)}
	t := &Trials{plan: p, numbers: make(map[Action]int), results: make(map[Action]*Result), aside: make(map[contrasted]Action)}
	for i := range verdicts {
		c := p.claim(&verdicts[i])
		p.claims = append(p.claims, c)
		for _, l := range c.links {
			t.add(l.try, c)
		}
		t.add(c.suffice, c)
		t.add(c.dose, c)
		t.add(c.silence, c)
		t.add(c.late, c)
	}
	return t
}

func (p *plan) claim(v *analysis.Verdict) *claim {
	c := &claim{verdict: v, final: p.keys[v.Event], event: p.run.Event(v.Event)}
	c.local = true
	for i, l := range v.Chain {
		c.local = c.local && l.Segment == 0
		if i+1 < len(v.Chain) {
			c.links = append(c.links, p.link(v, i))
		}
	}
	if c.event.Op.Library() && len(v.Chain) == 1 {
		c.excuse = "the library's own words: no call on a socket and no segment is blamed"
		return c
	}
	last := p.lastSegment(v)
	switch {
	case c.local || last >= 0 && p.unanswered(v, last):
		c.silence = Action{Kind: Silence, Call: c.final}
		c.late = Action{Kind: LateSilence, Call: c.final}
		if last >= 0 {
			c.late = Action{} // what came before the cause is part of the story
			c.silence.Kind = LateSilence
		}
		c.suffice, c.silence = c.silence, Action{}
		if c.local {
			c.silence = c.suffice
		}
	default:
		c.suffice, c.excuse = p.forge(v, last)
		c.dose = p.dose(c.suffice)
	}
	if last >= 0 && p.timerOf(v) == "administrative-abort" && p.run.Segment(v.Chain[last].Segment).Src == c.event.Local {
		c.suffice, c.excuse = Action{}, "an administrator ended it on the host itself: no segment did"
	}
	return c
}

// lastSegment returns where in a chain its last segment stands, −1 if it has
// none.
func (p *plan) lastSegment(v *analysis.Verdict) int {
	for i, l := range slices.Backward(v.Chain) {
		if l.Segment != 0 {
			return i
		}
	}
	return -1
}

// unanswered reports whether the segment at this place of a chain is one that
// the caller's own side had sent: it is by staying unanswered that it had an
// effect.
func (p *plan) unanswered(v *analysis.Verdict, at int) bool {
	s, e := p.run.Segment(v.Chain[at].Segment), p.run.Event(v.Event)
	return s != nil && !s.ICMP.Is() && s.Src == e.Local && s.Dst != e.Local && p.timerOf(v) != ""
}

// timerOf returns the timer that had gone off on the socket of a verdict's call.
func (p *plan) timerOf(v *analysis.Verdict) string {
	for _, c := range p.run.Calls {
		if c.Event == v.Event {
			return c.Timer
		}
	}
	return ""
}

// link plans how the ith link of a chain is tried.
func (p *plan) link(v *analysis.Verdict, i int) link {
	from, to := bare(v.Chain[i]), bare(v.Chain[i+1])
	l := link{from: from, to: to}
	l.emits = to.Segment != 0 && bare(p.run.Notes[to.Segment].From) == from
	if e := p.run.Event(to.Event); e != nil && e.Op.Library() && from.Event != 0 {
		if i == 0 {
			l.excuse = "nothing before it can be taken away"
			return l
		}
		above := p.link(v, i-1) // what changes the call below shows what the library makes of it
		l.try, l.excuse = above.try, above.excuse
		return l
	}
	if from.Event != 0 {
		return p.withheld(v, i, l)
	}
	s := p.run.Segment(from.Segment)
	k, ok := p.segmentKey(s)
	switch unanswered := to.Segment == 0 && p.unanswered(v, i); {
	case !ok:
		l.excuse = "no call of the story made its connection"
	case unanswered && p.timerOf(v) == "window-timeout":
		l.excuse = "it was answered each time: that the window stays shut is no segment's doing"
	case unanswered && p.timerOf(v) == "administrative-abort":
		l.excuse = "an administrator ended it on the host itself: no segment did"
	case unanswered:
		l.try = Action{Kind: Answer, Segment: k}
	default:
		l.try = Action{Kind: Take, Segment: k}
	}
	return l
}

// withheld plans to withhold the call that a link begins with.
func (p *plan) withheld(v *analysis.Verdict, i int, l link) link {
	e := p.run.Event(l.from.Event)
	last := i == len(v.Chain)-2
	again := func(o analysis.Link) bool { return o.Event == e.ID }
	switch {
	case last && slices.ContainsFunc(v.Chain[:i], again):
		l.excuse = "without it the segments before it are not sent either"
	case e.Op.Library(), e.Op == scenario.OpPoll:
		l.excuse = "a library's call can not be withheld alone"
	default:
		l.try = Action{Kind: Withhold, Call: p.keys[e.ID]}
		if last && e.Fault != "" && p.lastSegment(v) >= 0 {
			l.try.Until = p.keys[v.Event]
		}
	}
	return l
}

// forge plans to forge the last segment of a chain alone.
func (p *plan) forge(v *analysis.Verdict, at int) (a Action, excuse string) {
	s := p.run.Segment(v.Chain[at].Segment)
	k, ok := p.segmentKey(s)
	if !ok {
		return a, "no call of the story made its connection"
	}
	a = Action{Kind: Forge, Segment: k}
	if at == 0 || bare(p.run.Notes[s.ID].From) != bare(v.Chain[at-1]) {
		return a, ""
	}
	l := p.link(v, at-1)
	switch l.try.Kind {
	case Withhold:
		a.HoldCall = l.try.Call
	case Take:
		a.HoldSegment = l.try.Segment
		held := p.run.Segment(v.Chain[at-1].Segment)
		a.Reply = k.Flags == capture.RST && s.Seq == held.Ack && held.Flags.Has(capture.ACK)
	default:
		return Action{}, l.excuse
	}
	return a, ""
}

// dose plans to forge an RST with other numbers.
func (p *plan) dose(forge Action) Action {
	k := forge.Segment
	if forge.Kind != Forge || !k.Flags.Has(capture.RST) || k.Arm == BeforeDial || k.SeqOff != 0 {
		return Action{}
	}
	forge.Kind = Dose
	return forge
}
