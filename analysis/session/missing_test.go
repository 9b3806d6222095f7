package session

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// TestMissingSegment takes the segments of real runs away, one at a time. Where
// the decisive one is gone nothing else may be blamed; where another is, the
// verdict may become weaker, but not wrong.
func TestMissingSegment(t *testing.T) {
	s := open(t, Options{})
	for _, sc := range catalog.Classics() {
		for _, family := range both() {
			run, err := s.Perform(t.Context(), sc, Stage{Family: family})
			if err != nil {
				t.Fatal(err)
			}
			for _, seg := range run.Evidence.Segments {
				t.Run(fmt.Sprintf("%s/%s/without #%d %s", sc.Name, family, seg.ID, seg.Flags), func(t *testing.T) {
					// The waits of a story are polls, which miss a segment first.
					checkMissing(t, run, run.Evidence, seg.ID)
					checkMissing(t, run, unpolled(run.Evidence), seg.ID)
				})
			}
		}
	}
}

// checkMissing explains e without a segment and compares with whole, the run
// as it was.
func checkMissing(t *testing.T, whole *analysis.Run, e analysis.Evidence, id int) {
	t.Helper()
	x := analysis.Explain(without(e, id))
	polls := slices.ContainsFunc(e.Events, func(ev scenario.Event) bool { return ev.Op == scenario.OpPoll })
	blamed := false
	for _, v := range x.Verdicts {
		was := whole.Verdict(v.Event)
		cause := v.Cause.Segment
		if cause >= id {
			cause++ // as it was numbered
		}
		if v.Outcome == analysis.Explained && (was == nil || cause != was.Cause.Segment) {
			t.Errorf("call %d is explained by #%d: %s", v.Event, cause, v.Because)
		}
		// Without a poll the first call that the segment failed tells.
		if was != nil && was.Cause.Segment == id && !blamed && !polls {
			blamed = true
			if want := "but it returned " + string(v.Fault); v.Outcome != analysis.Unexplained || !strings.HasSuffix(v.Because, want) {
				t.Errorf("call %d: %s: %q, want unexplained: … %s", v.Event, v.Outcome, v.Because, want)
			}
		}
	}
	decisive := slices.ContainsFunc(whole.Verdicts, func(v analysis.Verdict) bool { return v.Cause.Segment == id })
	if decisive && x.Outcome != analysis.Unexplained {
		t.Errorf("without the decisive segment: %s", x.Outcome)
	}
	if decisive != blamed && !polls {
		t.Errorf("a call that blames the segment: %v, want %v", blamed, decisive)
	}
}

// without is the evidence of a capture that missed a segment and does not know
// it.
func without(e analysis.Evidence, id int) analysis.Evidence {
	e.Segments = slices.Delete(slices.Clone(e.Segments), id-1, id)
	for i := range e.Segments {
		e.Segments[i].ID = i + 1
	}
	return e
}

// unpolled is evidence without what the waits of a story found.
func unpolled(e analysis.Evidence) analysis.Evidence {
	e.Events = slices.DeleteFunc(slices.Clone(e.Events), func(ev scenario.Event) bool { return ev.Op == scenario.OpPoll })
	return e
}
