package proof

import (
	"fmt"
	"slices"

	"github.com/rstwatch/rstwatch/analysis"
)

// tell lists the trials that a proof speaks of.
func (t *Trials) tell(p *analysis.Proof, c *claim) {
	var numbers []int
	for _, l := range p.Links {
		numbers = append(numbers, l.Trials...)
	}
	for _, a := range []Action{c.suffice, c.late, c.dose} {
		if t.results[a] != nil {
			numbers = append(numbers, t.numbers[a])
		}
	}
	slices.Sort(numbers)
	for _, n := range slices.Compact(numbers) {
		a := t.Actions[n-1]
		_, result := c.same(t.results[a])
		if result == "" {
			result = "the call is not made"
		}
		p.Trials = append(p.Trials, analysis.Trial{Number: n, What: t.plan.what(a), Result: result})
	}
}

// what describes an experiment.
func (p *plan) what(a Action) string {
	and := ""
	if a.AsideCall != (CallKey{}) {
		and = " and " + p.callName(a.AsideCall)
	}
	if a.AsideSegment != (SegmentKey{}) {
		and = " and " + p.segmentName(a.AsideSegment)
	}
	switch a.Kind {
	case Withhold:
		return "without " + p.callName(a.Call) + and
	case Take:
		return "without " + p.segmentName(a.Segment) + and
	case Answer:
		return p.segmentName(a.Segment) + " is answered"
	case Silence:
		return "nothing of the peer arrives once the connection stands"
	case LateSilence:
		return "nothing of the peer arrives from the call on"
	case Dose:
		return p.segmentName(a.Segment) + " forged with other sequence numbers"
	}
	return p.segmentName(a.Segment) + " forged alone"
}

func (p *plan) callName(k CallKey) string {
	for _, e := range p.run.Evidence.Events {
		if p.keys[e.ID] == k {
			return fmt.Sprintf("call %d, %s %s", e.ID, e.Role, e.Op)
		}
	}
	return fmt.Sprintf("%s %s", k.Role, k.Op)
}

func (p *plan) segmentName(k SegmentKey) string {
	for i := range p.run.Evidence.Segments {
		s := &p.run.Evidence.Segments[i]
		if o, ok := p.segmentKey(s); ok && o == k {
			return fmt.Sprintf("#%d", s.ID)
		}
	}
	for i := range p.run.Evidence.Segments { // one that another performance showed
		s := &p.run.Evidence.Segments[i]
		if o, ok := p.segmentKey(s); ok && o.kin(k) {
			return fmt.Sprintf("#%d", s.ID)
		}
	}
	return "the segment"
}
