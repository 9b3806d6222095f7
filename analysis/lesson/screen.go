package lesson

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/rstwatch/rstwatch/analysis"
)

// What stands above the body: a title, a sentence, a rule; then the states and
// another rule. Below it: a rule, two lines about what is next, and the keys.
const (
	rowsAbove = 4
	rowsBelow = 4
)

// View is the screen: as many lines as it has rows, none wider than it has
// columns.
func (l *Lesson) View() string {
	if l.width < MinWidth || l.height < MinHeight {
		return l.fill([]string{fmt.Sprintf("A lesson takes %d columns and %d rows.", MinWidth, MinHeight),
			fmt.Sprintf("This terminal has %d and %d:", l.width, l.height), "make it larger, or q to leave."})
	}
	if l.help {
		return l.fill(l.helpLines())
	}
	p := l.opts.paints()
	lines := []string{l.title(p), p.dim.Render(fit(clean(l.now.Run.Summary), l.width)), l.rule(l.place(), "")}
	lines = append(lines, l.states(p)...)
	lines = append(lines, l.rule("", ""))
	room := l.room()
	seen, above, below := l.seenLines(room)
	lines = append(lines, seen...)
	for len(lines) < l.height-rowsBelow {
		lines = append(lines, "")
	}
	more := ""
	if above > 0 {
		more = fmt.Sprintf("↑ %d more", above)
	}
	if below > 0 {
		more = strings.TrimSpace(more + fmt.Sprintf("  ↓ %d more", below))
	}
	lines = append(lines, l.rule("", more))
	lines = append(lines, l.next(p)...)
	return l.fill(append(lines, p.bar.Render(pad(l.keys(), l.width))))
}

// fill makes the lines as many and as wide as the screen has room for.
func (l *Lesson) fill(lines []string) string {
	lines = lines[:min(len(lines), max(l.height, 0))]
	for i, line := range lines {
		if l.opts.ASCII {
			line = plain(line)
		}
		lines[i] = cut(line, l.width)
	}
	for len(lines) < l.height {
		lines = append(lines, "")
	}
	return strings.Join(lines, "\n")
}

// title names the run, and where it happens.
func (l *Lesson) title(p paints) string {
	r := l.now.Run
	var where []string
	add := func(t string) {
		if t != "" {
			where = append(where, clean(t))
		}
	}
	add(string(r.Family))
	if add(l.origin); l.origin == "" {
		add(r.Capture.Interface)
		if r.Sandboxed {
			add("private namespace")
		}
		add(r.Platform.Name())
	}
	name, place := clean(r.Scenario), strings.Join(where, " · ")
	if r.Translated() {
		place = "as " + analysis.Platform{OS: r.Evidence.Model.Name}.Name() + " · " + place
	}
	room := l.width - lipgloss.Width(name) - 1
	return p.bold.Render(fit(name, l.width)) + " " + p.dim.Render(apart("", fit(place, room), room))
}

// place says what is looked at.
func (l *Lesson) place() string {
	var parts []string
	n := len(l.spots)
	switch {
	case l.back():
		parts = append(parts, fmt.Sprintf("step %d of %d", l.current()+1, n), "looking back")
	case l.over:
		parts = append(parts, fmt.Sprintf("step %d of %d", n, n), "over")
	case n == 0 && l.calls < 2:
		parts = append(parts, "before the first call")
	default:
		if len(l.held) > 0 {
			parts = append(parts, fmt.Sprintf("call %d", l.calls-len(l.held)+1))
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("step %d", n))
		}
	}
	if l.origin != "" {
		parts = append(parts, "a recording")
	}
	return strings.Join(parts, " · ")
}

// rule is a line across, with text at its left or right end.
func (l *Lesson) rule(left, right string) string {
	if left != "" {
		left = "─ " + left + " "
	}
	if right != "" {
		right = " " + right + " ─"
	}
	return left + strings.Repeat("─", max(l.width-lipgloss.Width(left+right), 0)) + right
}

// room is how many rows the body has.
func (l *Lesson) room() int { return l.height - rowsAbove - rowsBelow - l.stateRows() }

// stateRows is how many rows the states have.
func (l *Lesson) stateRows() int { return min(max(len(l.stands()), 2), l.height/6) }

// states says what the sockets are.
func (l *Lesson) states(p paints) []string {
	list, rows := l.stands(), l.stateRows()
	var lines []string
	wide := 0
	for i := range list {
		wide = max(wide, lipgloss.Width(clean(string(list[i].role))))
	}
	for i := range list[:min(len(list), rows)] {
		s := &list[i]
		state, aside := s.line()
		name := pad(clean(string(s.role)), min(wide, 20))
		port := ""
		if s.local.IsValid() {
			port = fmt.Sprintf(":%d", s.local.Port())
		}
		paint := p.bold
		if s.asked && s.kernel.Pending {
			paint = p.fault
		}
		head := fmt.Sprintf("%s %-6s ", name, port)
		room := l.width - lipgloss.Width(head)
		state = fit(state, room)
		lines = append(lines, head+paint.Render(state)+p.dim.Render(apart("", aside, room-lipgloss.Width(state))))
	}
	if len(lines) == 0 {
		lines = append(lines, p.dim.Render("no socket yet"))
	}
	for len(lines) < rows {
		lines = append(lines, "")
	}
	return lines
}
