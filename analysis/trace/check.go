package trace

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// expectation is what a line wants the model to say.
type expectation struct {
	line      int
	event     int // of a call, or
	segment   int // of a segment
	predicted []scenario.Fault
	cause     int  // the segment that caused the result
	causeless bool // no segment did
	rule      string
	reasons   []analysis.Reason // why an RST was sent
	outcome   analysis.Outcome
	strange   bool // the sender's socket can not have sent it, by the model
	tolerant  bool // a strange segment needs no word

	// What a performance is compared with.
	stated     bool             // the text says what the call returned
	returned   []scenario.Fault // any of these
	count      bool             // and how many octets
	causeFlags capture.Flags    // of the segment that caused it
	missing    bool             // no such segment stands above
	given      given            // which numbers of the segment are in the text
	figures    figures          // and what they are
}

// Check compares an explanation with what the text expects and returns one
// error a difference, with its line.
func (t *Trace) Check(x analysis.Explanation) []error {
	var wrong []error
	for _, want := range t.expected {
		for _, text := range want.differs(x) {
			wrong = append(wrong, &LineError{want.line, errors.New(text)})
		}
	}
	for _, want := range t.standing {
		for _, text := range want.differs(t.Evidence) {
			wrong = append(wrong, &LineError{want.line, errors.New(text)})
		}
	}
	return wrong
}

func (w *expectation) differs(x analysis.Explanation) (diffs []string) {
	if w.segment != 0 {
		if got := x.Notes[w.segment].Reasons; w.reasons != nil && !slices.Equal(got, w.reasons) {
			diffs = append(diffs, fmt.Sprintf("reasons %v, want %v", got, w.reasons))
		}
		if got := x.Notes[w.segment].Rules; w.rule != "" && last(got) != w.rule {
			diffs = append(diffs, fmt.Sprintf("rules %v, want %s last", got, w.rule))
		}
		if got := x.Notes[w.segment].Strange; got != w.strange && !(got && w.tolerant) {
			diffs = append(diffs, fmt.Sprintf("strange: %t, want %t", got, w.strange))
		}
		return diffs
	}
	for _, c := range x.Calls {
		if c.Event != w.event {
			continue
		}
		want := slices.Sorted(slices.Values(w.predicted))
		if w.predicted != nil && !slices.Equal(c.Predicted, want) {
			diffs = append(diffs, fmt.Sprintf("predicted %q, want %q", c.Predicted, want))
		}
		if got := cmp.Or(c.Rule, "none"); w.rule != "" && got != w.rule {
			diffs = append(diffs, fmt.Sprintf("rule %s, want %s", got, w.rule))
		}
	}
	outcome, cause, because := analysis.Explained, 0, ""
	for _, v := range x.Verdicts {
		if v.Event == w.event {
			outcome, cause, because = v.Outcome, v.Cause.Segment, v.Because
		}
	}
	if outcome != w.outcome {
		diffs = append(diffs, fmt.Sprintf("%s (%s), want %s", outcome, because, w.outcome))
	}
	if w.missing {
		return append(diffs, fmt.Sprintf("no %s has come", w.causeFlags))
	}
	if (w.cause != 0 || w.causeless) && cause != w.cause {
		diffs = append(diffs, fmt.Sprintf("cause #%d, want #%d", cause, w.cause))
	}
	return diffs
}

// last returns the last of the rows that applied, or "none".
func last(rules []string) string {
	if len(rules) == 0 {
		return "none"
	}
	return rules[len(rules)-1]
}
