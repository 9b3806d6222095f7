package session

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/trace"
)

// readBack prints a run as text: what is read back is explained in the same way,
// and what it says of the model holds. It may be called from any goroutine.
func readBack(t *testing.T, run *analysis.Run) {
	var b strings.Builder
	if err := trace.Print(&b, []*analysis.Run{run}); err != nil {
		t.Error(err)
		return
	}
	text := b.String()
	runs, err := trace.Read(text)
	if err != nil || len(runs) != 1 {
		t.Errorf("%d runs, %v\n%s", len(runs), err, text)
		return
	}
	if diff := cmp.Diff(run.Explanation, runs[0].Explanation, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("explanation (-first +read)\n%s\n%s", diff, text)
	}
	tr, err := trace.Parse(text)
	if err != nil {
		t.Error(err)
		return
	}
	for _, err := range tr.Check(runs[0].Explanation) {
		t.Errorf("%v\n%s", err, text)
	}
	b.Reset()
	if err := trace.Print(&b, runs); err != nil || b.String() != text {
		t.Errorf("printed again (-first +second), %v\n%s", err, cmp.Diff(text, b.String()))
	}
}
