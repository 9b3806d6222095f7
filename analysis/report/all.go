package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/rstwatch/rstwatch/analysis"
)

// Skipped is a scenario that was asked for with others and could not be run.
type Skipped struct {
	Scenario string `json:"scenario"`
	Reason   string `json:"reason"` // a clause for a person
}

// All prints a table of all runs, a line for those of a scenario that ended
// alike, then what was skipped and a sum; and below, in full, the runs that
// were not explained as expected, one for each line.
func All(w io.Writer, runs []*analysis.Run, o Options, skipped ...Skipped) error {
	s := newStyle(w, o)
	t := s.newSheet(runs, skipped)
	var b strings.Builder
	if len(runs) > 0 {
		s.lines(&b, s.mark, s.text(runs[0].Origin()))
	}
	fmt.Fprintln(&b, s.dim.Render(t.line("scenario", "", "outcome", "error", "segment", "why")))
	lines, counts := grouped(runs)
	for _, r := range lines {
		fmt.Fprintln(&b, t.run(r, counts[groupOf(r)]))
	}
	for _, k := range skipped {
		fmt.Fprintln(&b, s.mark.Render(t.remark(s.text(k.Scenario), "", "skipped", s.text(k.Reason))))
	}
	fmt.Fprintln(&b, s.sum(runs, len(skipped)))
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	for _, r := range lines {
		if r.Result() == analysis.Explained.String() {
			continue
		}
		fmt.Fprintln(w)
		if err := Full(w, r, o); err != nil {
			return err
		}
	}
	return nil
}

// grouped returns the first run of each group, and how many each has.
func grouped(runs []*analysis.Run) (first []*analysis.Run, counts map[group]int) {
	counts = make(map[group]int)
	for _, r := range runs {
		if counts[groupOf(r)]++; counts[groupOf(r)] == 1 {
			first = append(first, r)
		}
	}
	return first, counts
}

// sheet is a table whose columns are as wide as what stands in them, as far as
// there is room.
type sheet struct {
	*style
	name, family, outcome, failed int // columns; no family where there is but one
}

const (
	segmentColumn = 13
	leastFailed   = 18
	mostFailed    = 34
	leastWhy      = 19 // with less room the last column is left out
)

func (s *style) newSheet(runs []*analysis.Run, skipped []Skipped) *sheet {
	t := &sheet{style: s, outcome: len("outcome"), failed: leastFailed}
	_, counts := grouped(runs)
	for _, r := range runs {
		t.name = max(t.name, lipgloss.Width(s.text(r.Scenario)+times(s, counts[groupOf(r)])))
		t.outcome = max(t.outcome, len(r.Result()))
		t.failed = max(t.failed, lipgloss.Width(s.failures(r)))
		if r.Family != runs[0].Family {
			t.family = len(r.Family)
		}
	}
	for _, k := range skipped {
		t.name = max(t.name, lipgloss.Width(s.text(k.Scenario)))
	}
	others := t.family + t.outcome + segmentColumn + 4
	t.name = min(t.name, s.Width-others-leastFailed)
	t.failed = min(t.failed, mostFailed, s.Width-others-t.name)
	return t
}

// run is the line of runs that ended alike.
func (t *sheet) run(r *analysis.Run, count int) string {
	n := times(t.style, count)
	name := strings.TrimRight(t.fit(t.text(r.Scenario), t.name-lipgloss.Width(n)), " ") + n
	if result := r.Result(); result != analysis.Explained.String() {
		return t.fault.Render(t.remark(name, string(r.Family), result, t.trouble(r)))
	}
	return t.line(name, string(r.Family), r.Result(), t.failures(r), t.decisive(r), why(r))
}

func times(s *style, count int) string {
	if count < 2 {
		return ""
	}
	return s.text(fmt.Sprintf(" ×%d", count))
}

// line is one with a cell in each column.
func (t *sheet) line(name, family, outcome, failed, segment, why string) string {
	line := t.head(name, family, outcome) + t.fit(failed, t.failed) + " " + t.fit(segment, segmentColumn)
	if room := t.Width - lipgloss.Width(line) - 1; room >= leastWhy {
		line += " " + t.fit(why, room)
	}
	return strings.TrimRight(line, " ")
}

// remark is a line on which text has the room of the later columns.
func (t *sheet) remark(name, family, outcome, text string) string {
	line := t.head(name, family, outcome)
	return strings.TrimRight(line+t.fit(text, t.Width-lipgloss.Width(line)), " ")
}

func (t *sheet) head(name, family, outcome string) string {
	line := t.fit(name, t.name) + " "
	if t.family > 0 {
		line += t.fit(family, t.family) + " "
	}
	return line + t.fit(outcome, t.outcome) + " "
}

// notRun prints a line for each scenario that was skipped.
func notRun(w io.Writer, skipped []Skipped, o Options) error {
	s := newStyle(w, o)
	var b strings.Builder
	for _, k := range skipped {
		s.remark(&b, "skipped:", k.Scenario+": "+k.Reason)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
