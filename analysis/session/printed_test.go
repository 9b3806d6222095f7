package session

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/trace"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// TestPrinted performs every story and prints it as text: what is read back is
// explained in the same way, and what it says of the model holds.
func TestPrinted(t *testing.T) {
	s := open(t, Options{})
	for _, sc := range catalog.All() {
		for _, family := range both() {
			run, err := s.Perform(t.Context(), sc, Stage{Family: family})
			if err != nil {
				t.Errorf("%s over %s: %v", sc.Name, family, err)
				continue
			}
			t.Run(sc.Name+"/"+string(family), func(t *testing.T) { readBack(t, run) })
		}
	}
}

func readBack(t *testing.T, run *analysis.Run) {
	var b strings.Builder
	if err := trace.Print(&b, []*analysis.Run{run}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	runs, err := trace.Read(text)
	if err != nil || len(runs) != 1 {
		t.Fatalf("%d runs, %v\n%s", len(runs), err, text)
	}
	if diff := cmp.Diff(run.Explanation, runs[0].Explanation, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("explanation (-first +read)\n%s\n%s", diff, text)
	}
	tr, err := trace.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range tr.Check(runs[0].Explanation) {
		t.Errorf("%v\n%s", err, text)
	}
	b.Reset()
	if err := trace.Print(&b, runs); err != nil || b.String() != text {
		t.Errorf("printed again (-first +second), %v\n%s", err, cmp.Diff(text, b.String()))
	}
}
