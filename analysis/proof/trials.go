package proof

import (
	"slices"

	"github.com/rstwatch/rstwatch/analysis"
)

// Trials are the experiments of a plan, in the order in which they are to be
// made, and what has come of them.
type Trials struct {
	plan    *plan
	Actions []Action
	numbers map[Action]int // from 1
	claims  map[Action][]*claim
	results map[Action]*Result
	aside   map[contrasted]Action // what takes away the other cause alone
}

func (t *Trials) add(a Action, c *claim) {
	if a.Kind == 0 {
		return
	}
	if t.claims == nil {
		t.claims = make(map[Action][]*claim)
	}
	if t.numbers[a] == 0 {
		t.Actions = append(t.Actions, a)
		t.numbers[a] = len(t.Actions)
	}
	t.claims[a] = append(t.claims[a], c)
}

// Finals returns the calls that an experiment is about: with the last of them
// enough has been seen.
func (t *Trials) Finals(a Action) []CallKey {
	var keys []CallKey
	for _, c := range t.claims[a] {
		if !slices.Contains(keys, c.final) {
			keys = append(keys, c.final)
		}
	}
	return keys
}

// Needed reports whether an experiment still has something to show. What shows
// that a cause suffices has nothing where it was refuted already.
func (t *Trials) Needed(a Action) bool {
	switch a.Kind {
	case Forge, Dose:
		return slices.ContainsFunc(t.claims[a], func(c *claim) bool { return !t.refuted(c) })
	case LateSilence:
	default:
		return true
	}
	for _, c := range t.claims[a] {
		if found, _ := c.same(t.results[c.silence]); !found {
			return true
		}
	}
	return false
}

// refuted reports whether a link of a claim is refuted by what has come so far.
func (t *Trials) refuted(c *claim) bool {
	return slices.ContainsFunc(c.links, func(l link) bool { return t.link(c, l).Finding == analysis.Refuted })
}

// Links lists the experiments about links, and Others the rest: they come last.
func (t *Trials) Links() []Action {
	return slices.DeleteFunc(slices.Clone(t.Actions), func(a Action) bool { return a.whole() })
}

// Others lists the experiments that are not about a link.
func (t *Trials) Others() []Action {
	return slices.DeleteFunc(slices.Clone(t.Actions), func(a Action) bool { return !a.whole() })
}

// Untried lists the experiments of which nothing has come yet.
func (t *Trials) Untried() []Action {
	return slices.DeleteFunc(slices.Clone(t.Actions), func(a Action) bool { return t.results[a] != nil })
}

// whole reports whether an experiment is about a claim as a whole.
func (a Action) whole() bool { return a.Kind != Withhold && a.Kind != Take && a.Kind != Answer }

// Add notes what has come of an experiment.
func (t *Trials) Add(a Action, r *Result) { t.results[a] = r }
