package session

import (
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// TestCatalogue: every story is explained, and ends as it should, also those
// that forge segments or change the network.
func TestCatalogue(t *testing.T) {
	repeat := 10
	if testing.Short() {
		repeat = 1
	}
	s := open(t, Options{})
	busy(t)
	for range repeat {
		for _, sc := range catalog.All() {
			for _, family := range both() {
				run, err := s.Perform(t.Context(), sc, Stage{Family: family})
				if err != nil || run.Result() != analysis.Explained.String() {
					t.Errorf("%s over %s: %s, %v; differs: %q", sc.Name, family, run.Result(), err, run.Differs)
					for _, v := range run.Verdicts {
						t.Logf("call %d %s: %s, %s", v.Event, v.Fault, v.Outcome, v.Because)
					}
				}
			}
		}
	}
}
