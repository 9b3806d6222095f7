package proof

import (
	"fmt"
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
)

// Judge says what the experiments made so far show of each verdict, in order.
func (t *Trials) Judge() []*analysis.Proof {
	var proofs []*analysis.Proof
	for _, c := range t.plan.claims {
		proofs = append(proofs, t.judge(c))
	}
	return proofs
}

// Unsettled returns the experiments that did not come out in favour of what they
// try, or that came to nothing: on a machine that stalls either may be its doing.
func (t *Trials) Unsettled() (list []Action) {
	add := func(a Action) {
		if a.Kind != 0 && t.results[a] != nil && !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	for i, p := range t.Judge() {
		c := t.plan.claims[i]
		for n, l := range p.Links {
			if l.Finding == analysis.Proven {
				continue
			}
			add(c.links[n].try)
			for _, number := range l.Trials {
				add(t.Actions[number-1])
			}
		}
		if p.Sufficient != analysis.Proven {
			add(c.suffice)
			add(c.late)
		}
	}
	return list
}

func (t *Trials) judge(c *claim) *analysis.Proof {
	p := &analysis.Proof{Necessary: analysis.NotTestable, Sufficient: analysis.NotTestable}
	suffices, how := t.sufficient(c)
	if p.Sufficient = suffices; suffices == analysis.NotTestable {
		p.Excuse = how
	}
	for i, l := range c.links {
		found := t.link(c, l)
		if i == t.plan.decisive(c) {
			p.Necessary = found.Finding
			p.Without = t.without(l)
			found = both(found, suffices, how, t.numbers[c.suffice])
		}
		p.Links = append(p.Links, found)
	}
	if len(c.links) == 0 {
		p.Necessary = suffices // the other way round: nothing from elsewhere is
	}
	t.tell(p, c)
	if r := t.results[c.dose]; r != nil {
		p.Doses = r.Doses
	}
	return p
}

// decisive returns which link begins with what is blamed: the last segment, or
// the call before the failed one.
func (p *plan) decisive(c *claim) int {
	if at := p.lastSegment(c.verdict); at >= 0 {
		return at
	}
	return 0
}

// both adds to a link's proof what the other leg shows: refuted is what either
// refutes.
func both(l analysis.LinkProof, suffices analysis.Shown, how string, trial int) analysis.LinkProof {
	if trial != 0 && suffices != analysis.NotTestable {
		l.Trials = append(l.Trials, trial)
	}
	switch {
	case suffices == analysis.Refuted && l.Finding != analysis.Refuted:
		l.Finding, l.Because = analysis.Refuted, how
	case suffices == analysis.Proven && l.Finding == analysis.Proven:
		l.Because += "; " + how
	}
	return l
}

// link says what its experiment shows of one link.
func (t *Trials) link(c *claim, l link) analysis.LinkProof {
	p := analysis.LinkProof{From: l.from, To: l.to, Finding: analysis.NotTestable, Because: l.excuse}
	if l.try.Kind == 0 {
		return p
	}
	r := t.results[l.try]
	same, returned := c.same(r)
	if same && !l.emits && l.try.late(r, c.final) {
		p.Finding, p.Trials = analysis.Refuted, []int{t.numbers[l.try]}
		p.Because = returned + " with no such segment sent until then"
		return p
	}
	if ok, missing := l.try.done(r); !ok {
		p.Because = missing
		return p
	}
	p.Trials = []int{t.numbers[l.try]}
	final := l.to.Event == c.verdict.Event && l.to.Segment == 0
	switch {
	case l.emits:
		p.Finding, p.Because = t.emission(l, r)
	case final && returned == "":
		p.Trials, p.Because = nil, "the call is not reached without it"
	case !final && t.gone(c, l, r):
		p.Finding, p.Because = analysis.Proven, fmt.Sprintf("without it %s is not sent", t.named(c))
	case same:
		p.Finding, p.Because = analysis.Refuted, fmt.Sprintf("%s all the same", returned)
		p = t.contrast(c, l, p)
	case returned == "":
		p.Trials, p.Because = nil, "the call is not reached without it"
	case l.try.Kind == Answer:
		p.Finding, p.Because = analysis.Proven, "answered: "+returned
	default:
		p.Finding, p.Because = analysis.Proven, "without it "+returned
	}
	return p
}

// late reports whether in a trial no segment such as is to be taken was sent
// before the call returned: nothing had to be taken for it to return without.
func (a Action) late(r *Result, final CallKey) bool {
	return a.Kind == Take && r.Trouble == "" && r.Taken == 0 && !r.seen(a.Segment, time.Time{}, r.Calls[final].End)
}

// emission says whether what a link's first member is said to have made its
// socket send was sent without it.
func (t *Trials) emission(l link, r *Result) (analysis.Shown, string) {
	s := t.plan.run.Segment(l.to.Segment)
	k, ok := t.plan.segmentKey(s)
	if !ok {
		return analysis.NotTestable, "no call of the story made its connection"
	}
	from, until := r.Armed, r.Over
	if l.from.Event != 0 {
		from = r.Withheld
		if !r.Resumed.IsZero() {
			until = r.Resumed
		}
	}
	if r.seen(k, from, until) {
		return analysis.Refuted, fmt.Sprintf("#%d is sent all the same", s.ID)
	}
	return analysis.Proven, fmt.Sprintf("without it #%d is not sent", s.ID)
}

// gone reports whether the last segment of the chain is not sent in a trial.
func (t *Trials) gone(c *claim, l link, r *Result) bool {
	at := t.plan.lastSegment(c.verdict)
	if at < 0 || c.verdict.Chain[at].Segment == l.from.Segment {
		return false
	}
	k, ok := t.plan.segmentKey(t.plan.run.Segment(c.verdict.Chain[at].Segment))
	from := r.Armed
	if !r.Withheld.IsZero() {
		from = r.Withheld
	}
	return ok && !k.Data && !r.seen(k, from, r.Over)
}

func (t *Trials) named(c *claim) string {
	return fmt.Sprintf("#%d", c.verdict.Chain[t.plan.lastSegment(c.verdict)].Segment)
}

// without returns the world in which a link's first member was taken away, nil
// if none was made.
func (t *Trials) without(l link) *analysis.Run {
	r := t.results[l.try]
	if ok, _ := l.try.done(r); !ok {
		return nil
	}
	return r.Run
}
