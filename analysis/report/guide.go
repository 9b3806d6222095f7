package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/faults"
	"github.com/rstwatch/rstwatch/scenario"
)

// inFull is how many stories of one operation are told in a line each; further
// ones are only named, unless all is asked for.
const inFull = 10

// Guide prints what there is to know of an error: what it means and which call
// gets it, how to tell its causes apart, what a program should do, the stories
// of the catalogue that end in it, and the rows of the models that say so. The
// line is where the error was met, "" if that is not known; it is printed
// harmless.
func Guide(w io.Writer, g faults.Guide, line string, stories []*scenario.Scenario, o Options) error {
	s := newPage(w, o)
	var b strings.Builder
	s.met(&b, line)
	s.guideHead(&b, g)
	s.lines(&b, s.plain, s.text(g.Means))

	s.calls(&b, g)
	s.section(&b, "How to tell its causes apart")
	for _, c := range g.Clues {
		s.point(&b, c.Sign, c.Cause)
	}
	s.advice(&b, g)
	s.ways(&b, Ways(g.Fault, stories))
	s.rules(&b, g.Fault)
	s.section(&b, "Read on")
	s.indented(&b, strings.Join(g.Refs, ", "))
	_, err := io.WriteString(w, b.String())
	return err
}

// met repeats the line in which an error was met, and says who is who in it.
func (s *style) met(b *strings.Builder, line string) {
	if line == "" {
		return
	}
	s.lines(b, s.dim, s.text(line))
	if l, ok := faults.ReadLine(line); ok {
		var who []string
		if l.Local.IsValid() {
			who = append(who, "this side is "+l.Local.String())
		}
		if l.Remote.IsValid() {
			who = append(who, "the peer "+l.Remote.String())
		}
		s.lines(b, s.plain, s.text("A "+l.Op+": "+strings.Join(who, ", ")+"."))
	}
	b.WriteByte('\n')
}

// guideHead names the error, what is printed of it, and how Go tells it.
func (s *style) guideHead(b *strings.Builder, g faults.Guide) {
	head, meaning := s.text(string(g.Fault)), ""
	if len(g.Prints) > 0 {
		meaning = "  " + s.text(g.Prints[0])
	}
	b.WriteString(s.fault.Render(head) + meaning)
	s.aside(b, lipgloss.Width(head+meaning), s.text(g.Fault.Test()))
	b.WriteString("\n\n")
}

// calls says which call gets the error, once where the platforms agree.
func (s *style) calls(b *strings.Builder, g faults.Guide) {
	if len(g.Calls) == 0 {
		return
	}
	title := "Which call gets it"
	if g.Calls["linux"] == g.Calls["darwin"] {
		s.section(b, title)
		s.sentence(b, "both", g.Calls["linux"], "")
		return
	}
	if g.Calls["darwin"] != "" {
		title += " (macOS: from source, not measured)"
	}
	s.section(b, title)
	for _, m := range models {
		if text := g.Calls[m.name]; text != "" {
			s.sentence(b, analysis.Platform{OS: m.name}.Name(), text, "")
		}
	}
}

// advice is what a program in Go should do.
func (s *style) advice(b *strings.Builder, g faults.Guide) {
	s.section(b, "In a Go program")
	for i, test := range g.Test {
		label := "test"
		if i > 0 {
			label = "or"
		}
		s.sentence(b, label, test, "")
	}
	if g.Fault != scenario.Other {
		s.sentence(b, "timeout", fmt.Sprintf("err.Timeout() is %v", g.Timeout), "")
	}
	for _, a := range []struct{ label, text string }{
		{"wraps", g.Wraps}, {"log", g.Log}, {"ignore", g.Ignore}, {"retry", g.Retry}, {"unsafe", g.Danger},
	} {
		if a.text != "" {
			s.sentence(b, a.label, a.text, "")
		}
	}
}

// ways prints the stories that end in the error, by the call that gets it.
func (s *style) ways(b *strings.Builder, ways []Way) {
	if len(ways) == 0 {
		return
	}
	s.section(b, "Ways to get it, each shown by rstwatch run NAME")
	column := 0
	ops := opsOf(ways)
	for _, way := range ways {
		column = max(column, lipgloss.Width(way.Scenario.Name))
	}
	for _, op := range ops {
		fmt.Fprintf(b, "  %s\n", s.dim.Render(s.text("from "+string(op))))
		var also []string
		told := 0
		for _, way := range ways {
			switch {
			case way.Op != op:
			case told < inFull || s.Verbose:
				told++
				s.entry(b, column, way.Scenario.Name, way.Scenario.Summary+way.where())
			default:
				also = append(also, way.Scenario.Name)
			}
		}
		if also != nil {
			s.entry(b, column, "also", strings.Join(also, ", "))
		}
	}
}

// opsOf returns the operations of ways, each once, the commonest first.
func opsOf(ways []Way) []scenario.Op {
	count := make(map[scenario.Op]int)
	var ops []scenario.Op
	for _, w := range ways {
		if count[w.Op]++; count[w.Op] == 1 {
			ops = append(ops, w.Op)
		}
	}
	slices.SortStableFunc(ops, func(a, b scenario.Op) int { return count[b] - count[a] })
	return ops
}

// rules prints the rows of the models that end in the error.
func (s *style) rules(b *strings.Builder, f scenario.Fault) {
	for _, m := range models {
		model, _ := analysis.ModelFor(m.name)
		causes, column := model.Causes(f), 0
		for _, c := range causes {
			column = max(column, lipgloss.Width(c.Rule))
		}
		if len(causes) > 0 {
			s.section(b, "The rules of "+analysis.Platform{OS: m.name}.Name()+", "+model.Source)
		}
		for _, c := range causes {
			s.entry(b, column, c.Rule, c.Where+"; "+c.Source)
		}
	}
}

// indented prints text two columns in.
func (s *style) indented(b *strings.Builder, t string) {
	for _, line := range wrap(s.text(t), s.Width-2) {
		fmt.Fprintf(b, "  %s\n", line)
	}
}
