package analysis_test

import (
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/trace"
	"github.com/rstwatch/rstwatch/scenario"
)

// TestPrinted prints every recorded run, and every case of the rules, as text:
// what is read back is the same evidence, and is explained in the same way.
func TestPrinted(t *testing.T) {
	paths, err := filepath.Glob("testdata/runs/*.jsonl")
	if err != nil || len(paths) == 0 {
		t.Fatal("no recorded runs", err)
	}
	for _, path := range paths {
		for _, who := range []string{"cli", "srv"} {
			t.Run(strings.TrimSuffix(filepath.Base(path), ".jsonl")+"/"+who, func(t *testing.T) {
				printed(t, recorded(t, path, who))
			})
		}
	}
	for _, path := range []string{"linux.txtar", "darwin.txtar"} {
		for _, c := range sections(t, path) {
			t.Run(path+"/"+c.Name, func(t *testing.T) {
				tr, err := trace.Parse(string(c.Data))
				if err != nil {
					t.Fatal(err)
				}
				printed(t, tr.Evidence)
			})
		}
	}
}

func printed(t *testing.T, e analysis.Evidence) {
	t.Helper()
	run := &analysis.Run{Number: 1, Evidence: e, Explanation: analysis.Explain(e)}
	var b strings.Builder
	if err := trace.Print(&b, []*analysis.Run{run}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	tr, err := trace.Parse(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	again := analysis.Explain(tr.Evidence)
	for _, err := range tr.Check(again) {
		t.Errorf("%v\n%s", err, text)
	}
	if diff := cmp.Diff(run.Explanation, again, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("explanation (-first +read)\n%s\n%s", diff, text)
	}
	if diff := cmp.Diff(e.Events, tr.Evidence.Events, cmpopts.IgnoreFields(scenario.Event{}, "Err"),
		cmpopts.EquateEmpty(), cmp.Comparer(sameAddress), cmp.Comparer(sameInstant)); diff != "" {
		t.Errorf("events (-first +read)\n%s\n%s", diff, text)
	}
	runs, err := trace.Read(text)
	if err != nil || len(runs) != 1 {
		t.Fatal(len(runs), err)
	}
	b.Reset()
	if err := trace.Print(&b, runs); err != nil || b.String() != text {
		t.Errorf("printed again (-first +second), %v\n%s", err, cmp.Diff(text, b.String()))
	}
}

func sameAddress(a, b netip.AddrPort) bool { return a == b }

func sameInstant(a, b time.Time) bool { return a.Equal(b) }
