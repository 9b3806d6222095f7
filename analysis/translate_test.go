package analysis_test

import (
	"slices"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/trace"
	"github.com/rstwatch/rstwatch/scenario"
)

// TestTranslate: what another system would have returned is what its own rules
// explain.
func TestTranslate(t *testing.T) {
	for _, c := range sections(t, "linux.txtar") {
		tr, err := trace.Parse(string(c.Data))
		if err != nil {
			t.Fatal(err)
		}
		here := analysis.Explain(tr.Evidence)
		// XNU sends an RST when a timer gives up; a recording of Linux has none.
		timed := slices.ContainsFunc(here.Calls, func(c analysis.Call) bool { return c.Timer != "" })
		if here.Outcome != analysis.Explained || timed {
			continue
		}
		there := analysis.Translate(tr.Evidence, analysis.Darwin())
		for _, v := range here.Verdicts {
			i := slices.IndexFunc(there.Events, func(ev scenario.Event) bool { return ev.ID == v.Event })
			got := there.Events[i].Fault
			if there.Events[i].End.IsZero() {
				got = analysis.Blocks
			}
			if got != v.Elsewhere.Fault {
				t.Errorf("%s: call %d returns %q there, and its verdict says %q", c.Name, v.Event, got, v.Elsewhere.Fault)
			}
		}
		for _, v := range analysis.Explain(there).Verdicts {
			if v.Outcome == analysis.Unexplained {
				t.Errorf("%s: call %d %s: %s", c.Name, v.Event, v.Fault, v.Because)
			}
		}
	}
}

// TestTranslateResetOnWrite is the case that tutorials are wrong about.
func TestTranslateResetOnWrite(t *testing.T) {
	for _, c := range sections(t, "linux.txtar") {
		if c.Name != "reset on write" {
			continue
		}
		tr, err := trace.Parse(string(c.Data))
		if err != nil {
			t.Fatal(err)
		}
		var here, there []scenario.Fault
		for _, ev := range tr.Evidence.Events {
			here = append(here, ev.Fault)
		}
		for _, ev := range analysis.Translate(tr.Evidence, analysis.Darwin()).Events {
			there = append(there, ev.Fault)
		}
		n := len(here) - 3
		if got := there[n:]; got[0] != scenario.EPIPE || got[1] != scenario.EPIPE || got[2] != scenario.ECONNRESET {
			t.Errorf("linux %v, darwin %v", here[n:], got)
		}
		if same := analysis.Translate(tr.Evidence, analysis.Linux()); same.Events[n].Fault != here[n] {
			t.Error("a translation to the same system changes results")
		}
		return
	}
	t.Fatal("no such case")
}
