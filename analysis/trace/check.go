package trace

import (
	"fmt"
	"slices"

	"github.com/rstwatch/rstwatch/analysis"
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
	reason    analysis.Reason
	outcome   analysis.Outcome
}

// Check compares an explanation with what the text expects and returns one
// error a difference, with its line.
func (t *Trace) Check(x analysis.Explanation) []error {
	var wrong []error
	for _, want := range t.expected {
		for _, text := range want.differs(x) {
			wrong = append(wrong, fmt.Errorf("line %d: %s", want.line, text))
		}
	}
	return wrong
}

func (w *expectation) differs(x analysis.Explanation) (diffs []string) {
	if w.segment != 0 {
		if got := x.Notes[w.segment].Reasons; w.reason != "" && !slices.Equal(got, []analysis.Reason{w.reason}) {
			diffs = append(diffs, fmt.Sprintf("reasons %v, want %s", got, w.reason))
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
		if w.rule != "" && c.Rule != w.rule {
			diffs = append(diffs, fmt.Sprintf("rule %s, want %s", c.Rule, w.rule))
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
	if (w.cause != 0 || w.causeless) && cause != w.cause {
		diffs = append(diffs, fmt.Sprintf("cause #%d, want #%d", cause, w.cause))
	}
	return diffs
}
