package page

import (
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// TestComparedVerdicts: the table beside a verdict says of the other platform what the
// verdict says.
func TestComparedVerdicts(t *testing.T) {
	differ := 0
	for _, r := range catalogue(t) {
		var v run
		v.compare(r)
		for _, row := range v.Compare {
			verdict := r.Verdict(row.Event)
			if verdict == nil {
				continue
			}
			want := string(verdict.Elsewhere.Fault)
			switch {
			case verdict.Fault == scenario.Other:
				want = "unknown"
			case want == string(analysis.Blocks):
				want = "never returns"
			case want == "":
				want = "ok"
			}
			if got := row.There; got.Fault != want && (want != "ok" || got.Class != "ok" || !strings.Contains(got.Fault, "byte")) {
				t.Errorf("%s: %s returns %q there, and its verdict says %q", r.Scenario, row.Call, got.Fault, want)
			}
			if row.Differs {
				differ++
			}
		}
	}
	if differ == 0 {
		t.Error("nothing differs")
	}
}
