package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// Overview prints the first run in full and then all runs, a line each.
func Overview(w io.Writer, runs []*analysis.Run, o Options) error {
	if len(runs) == 0 {
		return nil
	}
	if err := Full(w, runs[0], o); err != nil {
		return err
	}
	fmt.Fprintln(w)
	return table(w, runs, o)
}

// Runs prints runs in full, one after the other; where scenarios were
// repeated, a table. Below stands what was not run.
func Runs(w io.Writer, runs []*analysis.Run, o Options, skipped ...Skipped) error {
	if repeated(runs) {
		if err := table(w, runs, o); err != nil {
			return err
		}
		return notRun(w, skipped, o)
	}
	for i, r := range runs {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := Full(w, r, o); err != nil {
			return err
		}
	}
	return notRun(w, skipped, o)
}

// Wrong prints in full the runs that were not explained as expected, and what
// was not run, and nothing of the others.
func Wrong(w io.Writer, runs []*analysis.Run, o Options, skipped ...Skipped) error {
	first := true
	for _, r := range runs {
		if r.Result() != analysis.Explained.String() {
			if !first {
				fmt.Fprintln(w)
			}
			first = false
			if err := Full(w, r, o); err != nil {
				return err
			}
		}
	}
	return notRun(w, skipped, o)
}

func repeated(runs []*analysis.Run) bool {
	seen := make(map[group]bool)
	for _, r := range runs {
		if g := groupOf(r); seen[g] {
			return true
		} else {
			seen[g] = true
		}
	}
	return false
}

// group is what the runs of one line of a table have in common.
type group struct {
	scenario string
	family   scenario.Family
	result   string
}

func groupOf(r *analysis.Run) group { return group{r.Scenario, r.Family, r.Result()} }

// table prints a line for all runs of a scenario that ended alike, then a sum.
func table(w io.Writer, runs []*analysis.Run, o Options) error {
	counts := make(map[group]int)
	for _, r := range runs {
		counts[groupOf(r)]++
	}
	if err := SummaryHeading(w, o); err != nil {
		return err
	}
	for _, r := range runs {
		if n := counts[groupOf(r)]; n > 0 {
			delete(counts, groupOf(r))
			if err := SummaryLine(w, r, n, o); err != nil {
				return err
			}
		}
	}
	_, err := fmt.Fprintln(w, newStyle(w, o).sum(runs, 0))
	return err
}

// Brief returns what a table needs of an explained run, if the same scenario has
// another one that was explained: it is a hundredth of the whole.
func Brief(r *analysis.Run) *analysis.Run {
	b := &analysis.Run{Number: r.Number, Scenario: r.Scenario, Family: r.Family, Platform: r.Platform, Capture: r.Capture}
	if from, to := span(r.Evidence.Events); !from.IsZero() {
		b.Evidence = analysis.Evidence{Model: r.Evidence.Model, Events: []scenario.Event{{Start: from, End: to}}}
	}
	return b
}

// span is the time from the first call to the end of the last.
func span(events []scenario.Event) (from, to time.Time) {
	for _, ev := range events {
		if from.IsZero() || ev.Start.Before(from) {
			from = ev.Start
		}
		if ev.End.After(to) {
			to = ev.End
		}
	}
	return from, to
}

// sum counts runs, those that were not made, segments and frames lost, and says how long it all took.
func (s *style) sum(runs []*analysis.Run, skipped int) string {
	explained, segments, lost := 0, uint64(0), uint64(0)
	var from, to time.Time
	for _, r := range runs {
		if r.Result() == analysis.Explained.String() {
			explained++
		}
		segments += r.Capture.Stats.Delivered
		lost += r.Capture.Stats.Dropped
		first, last := span(r.Evidence.Events)
		if from.IsZero() || !first.IsZero() && first.Before(from) {
			from = first
		}
		if last.After(to) {
			to = last
		}
	}
	frames := "no frame lost"
	if lost > 0 {
		frames = fmt.Sprintf("%d frames lost", lost)
	}
	whole := len(runs) + skipped
	count := fmt.Sprintf("%d of %d explained", explained, whole)
	if skipped > 0 {
		count += fmt.Sprintf(", %d skipped", skipped)
	}
	text := fmt.Sprintf("%s %s %d segments, %s %s %s", count, s.dot, segments, frames,
		s.dot, to.Sub(from).Round(time.Millisecond))
	paint := s.fault
	if explained == whole {
		paint = s.ok
	}
	lines := wrap(text, s.Width)
	for i := range lines {
		lines[i] = paint.Render(lines[i])
	}
	return strings.Join(lines, "\n")
}
