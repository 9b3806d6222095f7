package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/rstwatch/rstwatch/scenario"
)

// pageWidth is as wide as prose is set: longer lines are hard to read.
const pageWidth = 100

// newPage is a style for prose.
func newPage(w io.Writer, o Options) *style {
	o.Width = min(o.Width, pageWidth)
	return newStyle(w, o)
}

// Section is a heading with some stories under it.
type Section struct {
	Title   string
	Stories []*scenario.Scenario
}

// Contents prints the names and summaries of stories, section by section; a
// section without stories is left out. The columns are the same throughout.
func Contents(w io.Writer, sections []Section, o Options) error {
	s := newStyle(w, o)
	var b strings.Builder
	column, lab, slow := 0, false, false
	for _, sec := range sections {
		for _, sc := range sec.Stories {
			column = max(column, lipgloss.Width(sc.Name))
			lab, slow = lab || sc.Lab, slow || sc.Slow
		}
	}
	for _, sec := range sections {
		if len(sec.Stories) == 0 {
			continue
		}
		s.section(&b, sec.Title)
		for _, sc := range sec.Stories {
			s.entry(&b, column, sc.Name, sc.Summary+needsShort(sc))
		}
	}
	if lab || slow {
		b.WriteByte('\n')
	}
	if lab {
		s.lines(&b, s.dim, "(lab) in a private network namespace only, which needs Linux but no root")
	}
	if slow {
		s.lines(&b, s.dim, "(slow) waits for a timer of the kernel, some seconds")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// needsShort marks a story that is not like the others.
func needsShort(sc *scenario.Scenario) string {
	switch {
	case sc.Lab && sc.Slow:
		return " (lab, slow)"
	case sc.Lab:
		return " (lab)"
	case sc.Slow:
		return " (slow)"
	}
	return ""
}

// section begins a part of a page, with an empty line before it unless it is the
// first.
func (s *style) section(b *strings.Builder, title string) {
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	s.lines(b, s.bold, s.text(title))
}

// entry prints a name, and text beside it that stays in its own column; or below
// it, where that column would be too narrow to be read.
func (s *style) entry(b *strings.Builder, column int, name, text string) {
	const margin, gap, legible = 2, 2, 36
	name = s.text(name)
	if s.Width-margin-column-gap < legible {
		for _, line := range wrap(name, s.Width-margin) {
			fmt.Fprintf(b, "%*s%s\n", margin, "", s.mark.Render(line))
		}
		for _, line := range wrap(s.text(text), s.Width-2*margin) {
			fmt.Fprintf(b, "%*s%s\n", 2*margin, "", line)
		}
		return
	}
	for _, line := range wrap(s.text(text), max(s.Width-margin-column-gap, 20)) {
		fmt.Fprintf(b, "%*s%s%*s%s\n", margin, "", s.mark.Render(s.fit(name, column)), gap, "", line)
		name = ""
	}
}

// point prints a sign, and under it what it means.
func (s *style) point(b *strings.Builder, sign, cause string) {
	for _, line := range wrap(s.text(sign), s.Width-2) {
		fmt.Fprintf(b, "  %s\n", s.mark.Render(line))
	}
	lead := s.to
	for _, line := range wrap(s.text(cause), s.Width-5-lipgloss.Width(lead)) {
		fmt.Fprintf(b, "    %s %s\n", s.fit(lead, lipgloss.Width(s.to)), line)
		lead = ""
	}
}
