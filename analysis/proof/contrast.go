package proof

import (
	"fmt"
	"slices"

	"github.com/rstwatch/rstwatch/analysis"
)

// contrasted is a link that was tried and whose call returned the same without
// it.
type contrasted struct {
	claim *claim
	try   Action
}

// Contrast plans what is to be tried where a call returned the same without what
// is blamed: something else may have given it that, which had no occasion to in
// the original. That other cause, the last of its chain that the original has
// not, is taken away in two further trials: with what is blamed the call must
// return what it did, without it something else. It returns the new experiments.
func (t *Trials) Contrast() []Action {
	old := len(t.Actions)
	for _, c := range t.plan.claims {
		for _, l := range c.links {
			r := t.results[l.try]
			if r == nil || t.link(c, l).Finding != analysis.Refuted || l.emits {
				continue
			}
			other, ok := t.other(c, r)
			if !ok || other == l.try {
				continue
			}
			both := l.try
			both.AsideCall, both.AsideSegment = other.Call, other.Segment
			t.add(both, c)
			t.add(other, c)
			t.aside[contrasted{c, l.try}] = other
		}
	}
	return t.Actions[old:]
}

// other returns what takes away the other cause that a trial shows.
func (t *Trials) other(c *claim, r *Result) (a Action, ok bool) {
	there := &plan{run: r.Run, keys: make(map[int]CallKey)}
	for k, e := range r.Calls {
		there.keys[e.ID] = k
	}
	i := slices.IndexFunc(r.Run.Verdicts, func(v analysis.Verdict) bool { return there.keys[v.Event] == c.final })
	if i < 0 {
		return a, false
	}
	calls, segments := t.members(c)
	chain := r.Run.Verdicts[i].Chain
	for _, l := range slices.Backward(chain[:len(chain)-1]) {
		if k, known := there.keys[l.Event]; l.Event != 0 {
			if known && !slices.Contains(calls, k) {
				return Action{Kind: Withhold, Call: k}, true
			}
			continue
		}
		k, known := there.segmentKey(r.Run.Segment(l.Segment))
		if known && !slices.ContainsFunc(segments, k.kin) {
			return Action{Kind: Take, Segment: k}, true
		}
	}
	return a, false
}

// members returns what a claim's chain consists of, as it is found elsewhere.
func (t *Trials) members(c *claim) (calls []CallKey, segments []SegmentKey) {
	for _, l := range c.verdict.Chain {
		if l.Event != 0 {
			calls = append(calls, t.plan.keys[l.Event])
			continue
		}
		if k, ok := t.plan.segmentKey(t.plan.run.Segment(l.Segment)); ok {
			segments = append(segments, k)
		}
	}
	return calls, segments
}

// kin reports whether two descriptions, of different performances, are of the
// same segment: numbers may differ.
func (k SegmentKey) kin(o SegmentKey) bool {
	return k.Dial == o.Dial && k.FromDialer == o.FromDialer && k.Flags == o.Flags && k.Data == o.Data &&
		k.Quoted == o.Quoted && k.Sender == o.Sender
}

// contrast says what the two further trials show of a link that the first would
// refute.
func (t *Trials) contrast(c *claim, l link, p analysis.LinkProof) analysis.LinkProof {
	other, ok := t.aside[contrasted{c, l.try}]
	if !ok {
		return p
	}
	both := l.try
	both.AsideCall, both.AsideSegment = other.Call, other.Segment
	with, without := t.results[other], t.results[both]
	if with == nil || without == nil || with.Trouble != "" || without.Trouble != "" {
		return p
	}
	p.Trials = append(p.Trials, t.numbers[both], t.numbers[other])
	same, _ := c.same(with)
	differs, returned := c.same(without)
	if same && !differs && returned != "" {
		p.Finding = analysis.Proven
		p.Because = fmt.Sprintf("%s, for something else takes its place; %s too: %s, and with it the same as ever", p.Because, t.plan.what(other), returned)
	}
	return p
}
