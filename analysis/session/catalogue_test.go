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
	repeat := 2
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
	sideBySide(t, func(s *Session, sc *scenario.Scenario) {
		for range repeat {
			explained(t, s, sc)
		}
	})
}

// sideBySide calls f for every story that waits for timers, all at once, each with
// a session of its own, and then for those of them that have to be alone.
func sideBySide(t *testing.T, f func(*Session, *scenario.Scenario)) {
	t.Helper()
	var all sync.WaitGroup
	var alone []*scenario.Scenario
	for _, sc := range catalog.All() {
		switch {
		case !sc.Slow:
		case sc.Alone:
			alone = append(alone, sc)
		default:
			s := open(t, Options{})
			all.Go(func() { f(s, sc) })
		}
	}
	all.Wait()
	s := open(t, Options{})
	for _, sc := range alone {
		f(s, sc)
	}
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
