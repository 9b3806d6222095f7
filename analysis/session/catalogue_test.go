package session

import (
	"sync"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// TestCatalogue: every story is explained, and ends as it should, also those
// that forge segments or change the network.
func TestCatalogue(t *testing.T) {
	repeat := 3
	if testing.Short() {
		repeat = 1
	}
	s := open(t, Options{})
	busy(t)
	for range repeat {
		for _, sc := range catalog.All() {
			if !sc.Slow {
				explained(t, s, sc)
			}
		}
	}
}

// TestSlowCatalogue does the same with the stories that wait for timers: side by
// side, each in a session of its own, and few times.
func TestSlowCatalogue(t *testing.T) {
	repeat := 2
	if testing.Short() {
		repeat = 1
	}
	busy(t)
	var all sync.WaitGroup
	for _, sc := range catalog.All() {
		if !sc.Slow {
			continue
		}
		s := open(t, Options{})
		all.Go(func() {
			for range repeat {
				explained(t, s, sc)
			}
		})
	}
	all.Wait()
}

// explained performs a story over both families, and prints it as text that is
// read back.
func explained(t *testing.T, s *Session, sc *scenario.Scenario) {
	for _, family := range both() {
		run, err := s.Perform(t.Context(), sc, Stage{Family: family})
		if err != nil || run.Result() != analysis.Explained.String() {
			t.Errorf("%s over %s: %s, %v; differs: %q", sc.Name, family, run.Result(), err, run.Differs)
			for _, v := range run.Verdicts {
				t.Logf("call %d %s: %s, %s", v.Event, v.Fault, v.Outcome, v.Because)
			}
		}
		readBack(t, run)
	}
}
