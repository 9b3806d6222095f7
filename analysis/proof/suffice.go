package proof

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// sufficient says whether the cause alone gives the call the same result.
func (t *Trials) sufficient(c *claim) (analysis.Shown, string) {
	a := c.suffice
	if a.Kind == 0 {
		return analysis.NotTestable, c.excuse
	}
	r := t.results[a]
	if ok, missing := a.done(r); !ok && a.Kind == Forge {
		return analysis.NotTestable, missing
	}
	same, returned := c.same(r)
	if !same && c.late.Kind != 0 {
		same, returned = c.same(t.results[c.late])
	}
	if returned == "" {
		return analysis.NotTestable, "the call is not made in that trial"
	}
	if a.Kind == Forge && a.HoldCall == (CallKey{}) && a.HoldSegment == (SegmentKey{}) && r.Taken == 0 {
		return analysis.NotTestable, "the segment itself was not sent, and so not replaced"
	}
	if a.Kind == Forge && a.original(r) {
		return analysis.NotTestable, "the original was sent as well"
	}
	how := "forged alone: " + returned
	if a.Kind != Forge {
		how = "nothing of the peer arrives: " + returned
	}
	if same || t.raced(c, r) {
		return analysis.Proven, how
	}
	return analysis.Refuted, how
}

// original reports whether the segment that was forged was sent besides, though
// what draws it was held back.
func (a Action) original(r *Result) bool {
	if a.HoldCall == (CallKey{}) && a.HoldSegment == (SegmentKey{}) {
		return false // it is taken off the wire itself
	}
	return r.Originals(a.Segment) > r.Forged
}

// same reports whether the call returned what it did, and what it returned; ""
// if it was not made.
func (c *claim) same(r *Result) (same bool, returned string) {
	if r == nil {
		return false, ""
	}
	e, made := r.Calls[c.final]
	if !made {
		return false, ""
	}
	return !e.End.IsZero() && e.Fault == c.event.Fault && (e.Fault != scenario.Other || wording(e.Err) == wording(c.event.Err)), c.says(e)
}

// wording is an error's text without what differs between performances.
func wording(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, text)
}

// raced reports whether two calls that were under way at once have only changed
// their parts in a trial: which of them the error is given to is a race.
func (t *Trials) raced(c *claim, r *Result) bool {
	e, made := r.Calls[c.final]
	for i := range t.plan.run.Verdicts {
		o := t.plan.run.Event(t.plan.run.Verdicts[i].Event)
		if !made || o.ID == c.event.ID || o.Conn != c.event.Conn || o.Start.After(c.event.End) || o.End.Before(c.event.Start) {
			continue
		}
		there, also := r.Calls[t.plan.keys[o.ID]]
		had := []scenario.Fault{c.event.Fault, o.Fault}
		ended := func(f scenario.Fault) bool { return f != "" && f != scenario.Deadline && f != scenario.Closed }
		if also && ended(e.Fault) && ended(there.Fault) && (slices.Contains(had, e.Fault) || slices.Contains(had, there.Fault)) {
			return true
		}
	}
	return false
}

// says tells what the call returned in a trial.
func (c *claim) says(e scenario.Event) string {
	name := fmt.Sprintf("%s %s", e.Role, e.Op)
	switch {
	case e.End.IsZero():
		return name + " did not return"
	case e.Fault == scenario.Deadline && c.event.Fault != scenario.Deadline:
		return name + " blocked until its deadline"
	case e.Fault != "":
		return fmt.Sprintf("%s returned %s", name, e.Fault)
	case (e.Op == scenario.OpRead || e.Op == scenario.OpWrite) && e.N == 1:
		return name + " returned 1 octet"
	case e.Op == scenario.OpRead || e.Op == scenario.OpWrite:
		return fmt.Sprintf("%s returned %d octets", name, e.N)
	}
	return name + " succeeded"
}

// Originals returns how many segments like k were sent.
func (r *Result) Originals(k SegmentKey) (n int) {
	from := r.Armed
	if !r.Withheld.IsZero() {
		from = r.Withheld
	}
	return r.count(k, from.Add(-time.Millisecond), r.Over)
}
