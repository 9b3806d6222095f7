package rstwatchtest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/scenario"
)

// How much of a test with many connections is told.
const (
	mostDrawn  = 5
	mostListed = 20
)

// Show prints, in the test's log, what became of each connection until now, with its
// ladder; the log of a test that passes is shown by go test -v. It blocks as Runs
// does.
func (r *Recorder) Show() {
	r.t.Helper()
	runs := r.runs()
	r.tell(runs, runs)
}

// tell draws some runs in the test's log, and lists the others.
func (r *Recorder) tell(all, drawn []*analysis.Run) {
	r.t.Helper()
	drawn = drawn[:min(len(drawn), mostDrawn)]
	for _, run := range drawn {
		var b strings.Builder
		if err := report.Full(&b, run, report.Options{Width: report.DefaultWidth}); err != nil {
			r.t.Log("rstwatch:", err)
			continue
		}
		r.t.Logf("rstwatch:\n%s", strings.TrimSpace(b.String()))
	}
	rest := slices.DeleteFunc(slices.Clone(all), func(run *analysis.Run) bool {
		return slices.ContainsFunc(drawn, func(d *analysis.Run) bool { return d.Number == run.Number })
	})
	if len(rest) > 0 {
		r.t.Logf("rstwatch:\n%s", strings.Join(r.list(rest), "\n"))
	}
}

// list says in a line for each what became of runs.
func (r *Recorder) list(runs []*analysis.Run) (lines []string) {
	for i, run := range runs {
		if i == mostListed {
			return append(lines, fmt.Sprintf("and %d connections more", len(runs)-i))
		}
		var failed []string
		for _, f := range failures(run) {
			if f.Call.Fault == scenario.EOF || r.counts(f.Call) {
				failed = append(failed, scene.Title(&f.Call))
			}
		}
		if len(failed) == 0 {
			failed = []string{"no call failed"}
		}
		lines = append(lines, report.Clean(fmt.Sprintf("connection %d, %s: %s", run.Number, run.Summary, strings.Join(failed, ", "))))
	}
	return lines
}
