package session

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/story"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// TestLessons performs each classic as Go and as text while every CPU is kept
// busy: both have the same verdicts, and the text comes out as it says.
func TestLessons(t *testing.T) {
	repeat := 10
	if testing.Short() {
		repeat = 2
	}
	s := open(t, Options{})
	busy(t)
	for _, sc := range catalog.Classics() {
		text, err := fs.ReadFile(catalog.Lessons(), sc.Name+".txt")
		if err != nil {
			t.Fatal(err)
		}
		lesson, err := story.New(sc.Name+".txt", string(text))
		if err != nil {
			t.Fatal(sc.Name, err)
		}
		for range repeat {
			for _, family := range both() {
				spoken := perform(t, s, sc, family)
				written := perform(t, s, lesson.Scenario, family)
				for _, err := range lesson.Differs(written) {
					t.Errorf("%s over %s: %v", sc.Name, family, err)
				}
				if diff := cmp.Diff(verdicts(spoken), verdicts(written)); diff != "" {
					t.Errorf("%s over %s (-go +text)\n%s", sc.Name, family, diff)
				}
			}
		}
	}
}

// perform performs a story, and again if what two CPUs did at once has left an RST
// several reasons; ten times are enough for that.
func perform(t *testing.T, s *Session, sc *scenario.Scenario, family scenario.Family) (run *analysis.Run) {
	t.Helper()
	for range 10 {
		var err error
		run, err = s.Perform(t.Context(), sc, Stage{Family: family})
		if err != nil || run.Result() != analysis.Explained.String() {
			t.Fatalf("%s over %s: %s, %v; differs: %q", sc.Name, family, run.Result(), err, run.Differs)
		}
		if !severalReasons(run) {
			break
		}
	}
	return run
}

// severalReasons reports whether an RST of a run has more than one.
func severalReasons(run *analysis.Run) bool {
	return slices.ContainsFunc(run.Evidence.Segments, func(s capture.Segment) bool { return len(run.Notes[s.ID].Reasons) > 1 })
}

// verdicts says each verdict of a run without what differs from run to run.
func verdicts(r *analysis.Run) (list []string) {
	for _, v := range r.Verdicts {
		ev := r.Event(v.Event)
		flags := "none"
		if s := r.Segment(v.Cause.Segment); s != nil {
			flags = s.Flags.String()
		}
		list = append(list, fmt.Sprintf("%s %s %s %s <- %s rule %s reasons %v next %v",
			ev.Role, ev.Op, v.Fault, v.Outcome, flags, v.Rule, v.Inferred, v.Next))
	}
	return list
}

// TestToldTexts performs texts as a lecturer would change them; what is said of
// them must be the same every time.
func TestToldTexts(t *testing.T) {
	s := open(t, Options{})
	busy(t)
	for name, text := range toldTexts() {
		t.Run(name, func(t *testing.T) {
			body, want, _ := strings.Cut(text, "\n---\n")
			told, err := story.New(name, body)
			if err != nil {
				t.Fatal(err)
			}
			for _, family := range both() {
				run, err := s.Perform(t.Context(), told.Scenario, Stage{Family: family})
				if err != nil || run.Outcome != analysis.Explained {
					t.Fatalf("over %s: %s, %v", family, run.Outcome, err)
				}
				var got []string
				for _, err := range told.Differs(run) {
					got = append(got, err.Error())
				}
				if diff := cmp.Diff(strings.TrimSpace(want), strings.Join(got, "\n")); diff != "" {
					t.Errorf("over %s (-want +got)\n%s", family, diff)
				}
			}
		})
	}
}
