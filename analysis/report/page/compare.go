package page

import (
	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/scenario"
)

// comparison is a call with its result here and by the rules of the other
// platform.
type comparison struct {
	Event       int
	Call        string
	Here, There outcome
	Differs     bool
	Why         string // the other platform's rule, and where it comes from
}

// compare holds the calls of a run against what they return elsewhere: those
// that fail on either.
func (v *run) compare(r *analysis.Run) {
	m, _ := other(r.Evidence.Model)
	there := analysis.Translate(r.Evidence, m).Events
	v.Same = true
	for i := range r.Evidence.Events {
		here, there := &r.Evidence.Events[i], &there[i]
		if quiet(here) && quiet(there) {
			continue
		}
		call := report.Clean(string(here.Role) + " " + scene.Doing(here))
		row := comparison{Event: here.ID, Call: call, Here: outcomeOf(call, here), There: outcomeOf(call, there)}
		if here.Fault == scenario.Other { // a library's own words, which may be others there
			row.There, v.Same = outcome{call, "unknown", faultClass(analysis.Blocks)}, false
		}
		row.Differs = here.Fault != scenario.Other && row.Here.Fault != row.There.Fault
		if verdict := r.Verdict(here.ID); verdict != nil && row.Differs && verdict.Elsewhere.Rule != "" {
			row.Why = report.Clean("by the rule " + verdict.Elsewhere.Rule + ", " + verdict.Elsewhere.Source)
		}
		v.Compare = append(v.Compare, row)
		v.Same = v.Same && !row.Differs
		if !quiet(here) {
			v.Here = append(v.Here, row.Here)
		}
		if !quiet(there) {
			v.There = append(v.There, row.There)
		}
	}
}

// quiet reports whether a call succeeded.
func quiet(ev *scenario.Event) bool { return ev.Fault == "" && !ev.End.IsZero() }

// outcomeOf says how a call ended.
func outcomeOf(call string, ev *scenario.Event) outcome {
	switch {
	case ev.End.IsZero():
		return outcome{call, "never returns", faultClass(analysis.Blocks)}
	case ev.Fault == "" && ev.N > 0:
		return outcome{call, scene.Octets(ev.N), "ok"}
	}
	return outcome{call, report.Clean(scene.Result(ev.Fault)), faultClass(ev.Fault)}
}
