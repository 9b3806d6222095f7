package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/scenario"
)

// models are the platforms that a story speaks of, and what people call them.
// What is said of the second was read from its source and not measured.
var models = []struct{ name, title string }{{"linux", "Linux"}, {"darwin", "macOS (from source)"}}

// Story prints what there is to know of a scenario before it is performed:
// what happens in it, what it needs, which calls fail on each platform, and
// where to read on. The chapter is where it stands in the catalogue.
func Story(w io.Writer, sc *scenario.Scenario, chapter string, o Options) error {
	s := newPage(w, o)
	var b strings.Builder
	name := s.text(sc.Name)
	b.WriteString(s.bold.Render(name))
	s.aside(&b, lipgloss.Width(name), s.text(chapter))
	b.WriteByte('\n')
	s.lines(&b, s.plain, s.text(sc.Summary))
	b.WriteByte('\n')
	s.lines(&b, s.plain, s.text(strings.ReplaceAll(sc.Story, "\n", " ")))

	s.section(&b, "Calls that fail or find the end")
	s.results(&b, sc)

	s.section(&b, "More")
	for _, more := range []struct{ label, text string }{
		{"needs", needs(sc)},
		{"tags", strings.Join(sc.Tags, ", ")},
		{"see", strings.Join(sc.Refs, ", ")},
		{"run", "rstwatch run " + sc.Name},
		{"errors", "rstwatch explain " + strings.Join(words(sc.Faults()), " ")},
	} {
		if more.text != "" {
			s.sentence(&b, more.label, more.text, "")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// needs says what a scenario takes, "" if nothing.
func needs(sc *scenario.Scenario) string {
	var list []string
	if sc.Lab {
		list = append(list, "a private network namespace (Linux, but no root)")
	}
	if sc.Slow {
		list = append(list, "some seconds, for it waits for a timer of the kernel")
	}
	return strings.Join(list, "; ")
}

// results prints the lists of both platforms: side by side where there is room.
// They are not matched call by call, for a call that succeeds is in no list.
func (s *style) results(b *strings.Builder, sc *scenario.Scenario) {
	columns, width := make([][]string, len(models)), 0
	for i, m := range models {
		columns[i] = append([]string{m.title}, s.expected(sc, m.name)...)
		for _, line := range columns[i] {
			width = max(width, lipgloss.Width(line))
		}
	}
	if gap := 4; 2+width+gap+width <= s.Width {
		for i := range max(len(columns[0]), len(columns[1])) {
			line := "  " + s.cellOf(columns[0], i, width) + strings.Repeat(" ", gap) + s.cellOf(columns[1], i, width)
			fmt.Fprintln(b, strings.TrimRight(line, " "))
		}
		return
	}
	width = min(width, s.Width-2)
	for _, column := range columns {
		for i := range column {
			fmt.Fprintln(b, strings.TrimRight("  "+s.cellOf(column, i, width), " "))
		}
	}
}

// expected lists the results of a model, a line each.
func (s *style) expected(sc *scenario.Scenario, model string) []string {
	if _, ok := sc.Expect[model]; !ok {
		return []string{"can not be performed"}
	}
	lines := s.resultLines(sc.Expect[model])
	if lines == nil {
		lines = []string{"none"}
	}
	if six, differs := sc.Expect6[model]; differs {
		lines = append(append(lines, "over IPv6:"), s.resultLines(six)...)
	}
	return lines
}

func (s *style) resultLines(results []scenario.Result) (lines []string) {
	for _, r := range results {
		line := fmt.Sprintf("%s %s %s", r.Role, r.Op, scene.Result(r.Fault))
		if r.Or != "" {
			line += " or " + string(r.Or)
		}
		if r.Maybe {
			line += ", or not made"
		}
		lines = append(lines, s.text(line))
	}
	return lines
}

// cellOf is line i of a column, the heading in dim; empty below its end.
func (s *style) cellOf(column []string, i, width int) string {
	switch {
	case i >= len(column):
		return strings.Repeat(" ", width)
	case i == 0:
		return s.dim.Render(s.fit(column[0], width))
	}
	return s.fit(column[i], width)
}
