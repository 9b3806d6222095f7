package analysis

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/scenario"
)

// libraryCall explains a call of a library by the call on a socket that had
// failed below it. The sockets' calls must have their verdicts already. An
// error of the kernel must have come from one of them; anything else a library
// may say of its own accord.
func (x *explainer) libraryCall(ev *scenario.Event) {
	x.out.Calls = append(x.out.Calls, Call{Event: ev.ID, Predicted: []scenario.Fault{ev.Fault}, Certainty: Local})
	if ev.Fault == "" || ev.End.IsZero() {
		return
	}
	v := Verdict{Event: ev.ID, Fault: ev.Fault, Predicted: []scenario.Fault{ev.Fault}, Chain: []Link{{Event: ev.ID}},
		Elsewhere: Elsewhere{Fault: ev.Fault}, Because: "no call on a socket failed meanwhile: these are the library's own words"}
	below, sure := x.below(ev)
	i := slices.IndexFunc(x.out.Verdicts, func(o Verdict) bool { return below != nil && o.Event == below.ID })
	switch {
	case !sure:
		v.Outcome, v.Because = Inconclusive, "calls on several sockets failed meanwhile: which of them the library speaks of can not be told"
	case i >= 0:
		passOn(&v, &x.out.Verdicts[i], passedOn(below, ev))
	case below != nil || errnoOf(ev.Fault):
		v.Outcome, v.Because = Inconclusive, "no call that was seen on a socket gave this error to the library"
	}
	x.out.Verdicts = append(x.out.Verdicts, v)
}

// passedOn says what the library did with what the call below had returned.
func passedOn(below, ev *scenario.Event) string {
	what := fmt.Sprintf("the %s's %s returned %s", below.Role, below.Op, below.Fault)
	switch {
	case below.End.Before(ev.Start):
		return what + " before, and the library remembers it"
	case below.Fault != ev.Fault:
		return what + ", and the library made an error of its own of it"
	}
	return what + ", and the library passed it on"
}

// passOn makes v say what the verdict about the call below says.
func passOn(v, below *Verdict, because string) {
	v.Outcome, v.Because, v.Cause = below.Outcome, because, Link{Event: below.Event}
	v.Chain = slices.Clone(below.Chain)
	v.Chain[len(v.Chain)-1].Because = because
	v.Chain = append(v.Chain, Link{Event: v.Event})
	v.Inferred, v.Next = below.Inferred, below.Next
	if v.Fault == below.Fault {
		v.Elsewhere = below.Elsewhere
	}
}

// below returns the latest call on a socket of the same application whose
// failure explains that of the library's call ev: it had the same fault, or it
// failed meanwhile and the library has its own words for that; nil if there is
// none. An error may be older than the call: a library remembers it. Where
// several sockets failed, sure is false unless the library speaks of the latest
// in any case: it passed on what that said, and no other call of it failed
// meanwhile.
func (x *explainer) below(ev *scenario.Event) (latest *scenario.Event, sure bool) {
	first, several, alone := 0, false, true
	for i := range x.evidence.Events {
		o := &x.evidence.Events[i]
		if o.Role != ev.Role || o.Fault == "" || o.End.IsZero() {
			continue
		}
		if o.Op.Library() {
			alone = alone && (o.ID == ev.ID || o.End.Before(ev.Start) || o.Start.After(ev.End))
			continue
		}
		if o.End.After(ev.End) || o.Fault != ev.Fault && !rephrased(o, ev) {
			continue
		}
		if !o.End.Before(ev.Start) {
			several = several || first != 0 && first != o.Conn
			first = o.Conn
		}
		if latest == nil || o.End.After(latest.End) {
			latest = o
		}
	}
	return latest, !several || alone && latest.Fault == ev.Fault
}

// rephrased reports whether a library may have said o in its own words: a
// failure that it did not bring about itself.
func rephrased(o, ev *scenario.Event) bool {
	own := ev.Fault == scenario.Other || ev.Fault == scenario.UnexpectedEOF
	return own && !o.End.Before(ev.Start) && o.Fault != scenario.Closed && o.Fault != scenario.Deadline
}

// errnoOf reports whether a fault is an error of the kernel.
func errnoOf(f scenario.Fault) bool {
	return strings.HasPrefix(string(f), "E") && f != scenario.EOF
}
