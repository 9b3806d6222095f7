package analysis

import (
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/scenario"
)

// Translate returns the evidence as another system would have left it: the
// same calls and the same segments in the same order, with the results that
// the calls have by the rules of m. A call that would wait there never returns.
// Calls that had no connection keep their results. It is a thought experiment:
// a program that sees other results goes on differently, and a kernel that
// follows other rules sends other segments.
func Translate(e Evidence, m *Model) Evidence {
	x := explain(e)
	if x.evidence.Model.Name == m.Name {
		return x.evidence
	}
	e.Model, e.Foreign, e.Events = m, true, slices.Clone(e.Events)
	for i := range e.Events {
		ev := &e.Events[i]
		ev.State, ev.StateAt = "", time.Time{} // it was this kernel's
		there, ok := x.elsewhere(ev)
		switch {
		case !ok || there.Fault == ev.Fault:
			continue
		case there.Fault == Blocks:
			ev.End, ev.N, ev.Fault, ev.Err = time.Time{}, 0, "", ""
		default:
			ev.Fault, ev.Err, ev.N = there.Fault, string(there.Fault), there.N
		}
	}
	return e
}

// elsewhere returns what a call returns by the rules of the other system. One of
// a library passes on what a call on a socket returned.
func (x *explainer) elsewhere(ev *scenario.Event) (there Elsewhere, ok bool) {
	if ev.Op.Library() {
		i := slices.IndexFunc(x.out.Verdicts, func(v Verdict) bool { return v.Event == ev.ID })
		if i < 0 {
			return there, false
		}
		return x.out.Verdicts[i].Elsewhere, true
	}
	if h := x.homes[ev.ID]; h != nil {
		there, ok = h.elsewhere[ev.ID]
	}
	return there, ok
}
