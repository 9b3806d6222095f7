package webtest

import (
	_ "embed"
	"slices"
	"testing"

	"github.com/rstwatch/rstwatch/analysis/scene"
)

// stepsJS is a function that steps through all runs of a page.
//
//go:embed testdata/steps.js
var stepsJS string

// shownRun is what a page showed of a run while it was stepped through.
type shownRun struct {
	Scenario    string
	First, Last int
	Steps       []shownStep
}

type shownStep struct {
	Number, Ladder int
	Says           string
	Ends           [2]struct {
		States, Shown []string
		Heard         string
	}
}

// testSteps: whoever steps through any scenario sees at each call the state that
// the kernel itself said it was in, and at each step what the model says.
func (s *suite) testSteps(t *testing.T) {
	p := s.browser.open(t, s.gallery.page)
	all := call[[]shownRun](p, stepsJS)
	if len(all) != len(s.gallery.runs) {
		t.Fatalf("the page has %d runs of %d", len(all), len(s.gallery.runs))
	}
	asked, certain := 0, 0
	for i, shown := range all {
		run := s.gallery.runs[i]
		if shown.Scenario != run.Scenario {
			t.Fatalf("run %d is %s, not %s", i, shown.Scenario, run.Scenario)
		}
		a, c := hold(t, shown, scene.Of(run))
		asked, certain = asked+a, certain+c
	}
	t.Logf("TCP_INFO was asked at %d calls; the page is certain of the state at %d of them", asked, certain)
	if asked == 0 || certain < asked*8/10 {
		t.Errorf("the page is certain at %d of %d calls at which the kernel was asked", certain, asked)
	}
}

// hold compares a run as it was shown with its scene, and counts the calls at
// which the kernel was asked, and those of them at which one state was shown.
func hold(t *testing.T, shown shownRun, sc *scene.Scene) (asked, certain int) {
	t.Helper()
	next := make([]int, len(sc.Ladders))
	for i, step := range shown.Steps {
		if step.Number != i+1 || step.Says == "" {
			t.Errorf("%s: step %d of the page says %q as step %d", shown.Scenario, i+1, step.Says, step.Number)
		}
		if next[step.Ladder] == len(sc.Ladders[step.Ladder].Steps) {
			t.Fatalf("%s: the page has more steps than the run", shown.Scenario)
		}
		truth := sc.Ladders[step.Ladder].Steps[next[step.Ladder]]
		next[step.Ladder]++
		for edge, end := range step.Ends {
			var want []string
			for _, socket := range truth.States[edge] {
				if name := socket.State.String(); !slices.Contains(want, name) {
					want = append(want, name)
				}
			}
			if !slices.Equal(end.States, want) || !slices.Equal(end.Shown, want) {
				t.Errorf("%s, step %d, edge %d: %q and %q are shown, and the model says %q", shown.Scenario, i+1, edge, end.States, end.Shown, want)
			}
		}
		if truth.Call == nil || truth.Kind == scene.Begins || truth.Call.State == "" {
			continue
		}
		asked++
		kernel, heard := truth.Call.State, step.Ends[truth.Edge].Heard
		if !slices.Contains(until(shown, i, sc, next[step.Ladder], truth), kernel) || heard != "" && (heard != kernel || !slices.Contains(step.Ends[truth.Edge].States, kernel)) {
			t.Errorf("%s, step %d (%s): the kernel was in %s; the page says that it was in %q, and shows %q", shown.Scenario, i+1, step.Says, kernel, heard, step.Ends[truth.Edge].States)
		} else if heard != "" && len(step.Ends[truth.Edge].States) == 1 {
			certain++
		}
	}
	for i, n := range next {
		if n != len(sc.Ladders[i].Steps) {
			t.Errorf("%s: the page shows %d of %d steps of ladder %d", shown.Scenario, n, len(sc.Ladders[i].Steps), i)
		}
	}
	if shown.First != 0 || shown.Last != len(shown.Steps) {
		t.Errorf("%s: the page goes from step %d to %d of %d", shown.Scenario, shown.First, shown.Last, len(shown.Steps))
	}
	return asked, certain
}

// until lists the states that the page showed for the end of a call from the
// step that the call returned at to when the kernel had answered: a segment may
// have come between.
func until(shown shownRun, i int, sc *scene.Scene, next int, returned scene.Step) []string {
	ladder := shown.Steps[i].Ladder
	states := slices.Clone(shown.Steps[i].Ends[returned.Edge].States)
	for _, step := range shown.Steps[i+1:] {
		if step.Ladder != ladder {
			continue
		}
		at := sc.Ladders[ladder].Steps[next].At
		if next++; at.IsZero() || at.After(returned.Call.StateAt) {
			break
		}
		states = append(states, step.Ends[returned.Edge].States...)
	}
	return states
}
