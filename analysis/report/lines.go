package report

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// printed is a row on its way to the terminal: its cells in lines.
type printed struct {
	*ladder
	w      *widths
	n      int // the row's place
	lead   string
	cells  [2][]string
	own    [2]int      // how many of them are the call's
	states [2][]string // those that are to be shown
	late   bool        // the left cell has the room of the left state, which comes a line later
	wire   string
	note   []string
}

// print prints the row in as many lines as its cells take.
func (p *printed) print(b *strings.Builder) {
	lines := max(len(p.cells[0]), len(p.cells[1]), len(p.states[0]), len(p.states[1]), len(p.note), 1)
	if p.late {
		lines = max(lines, len(p.states[0])+1)
	}
	wire := p.wire
	for i := range lines {
		left := p.left(i)
		if wire == "" {
			wire = strings.Repeat(" ", max(0, p.w.left+p.w.states[0]+p.w.wire-lipgloss.Width(left)))
		}
		line := p.lead + left + wire + " " + p.state(1, i) + p.cell(1, i, p.w.right)
		if i < len(p.note) {
			line += "  " + p.dim.Render(p.note[i])
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
		p.lead = strings.Repeat(" ", p.w.clock) + p.gutter(p.n, false)
		wire = ""
	}
}

// unsent lays out a row without a segment: its left cell has the room of the wire
// as well, and of the state, if that does not change or can come a line later.
func (p *printed) unsent() {
	r, room := &p.rows[p.n], p.w.left+p.w.states[0]+p.w.wire-1
	said := p.said(r.cells[0], p.w.brief)
	p.cells[0] = p.broken(said, room)
	switch fits := lipgloss.Width(p.cells[0][0]) < p.w.left; {
	case len(p.states[0]) == 0, fits && len(p.cells[0]) == 1:
	case len(p.cells[0]) == 1:
		p.late = true
	default:
		p.cells[0] = p.broken(said, p.w.left-1)
	}
}

// stack puts the states below what the edges show, for want of columns.
func (p *printed) stack() {
	r := &p.rows[p.n]
	for edge, width := range [2]int{p.w.left - 1, p.w.right} {
		p.own[edge] = len(p.cells[edge])
		for _, t := range r.states[edge] {
			if r.waits[edge] != "" {
				t = r.waits[edge] + " " + t
			}
			p.cells[edge] = append(p.cells[edge], p.cut(t, width))
		}
	}
}

// left is a line of what stands before the wire; without one it may be longer
// than that.
func (p *printed) left(i int) string {
	if p.wire != "" || i < len(p.states[0]) && !p.late || p.late && i > 0 {
		state := i
		if p.late {
			state--
		}
		return p.cell(0, i, p.w.left) + p.state(0, state)
	}
	return p.cell(0, i, p.w.left+p.w.states[0]+p.w.wire)
}

// cell is a line of what an edge shows: errors stand out, and so do the calls of
// a chain.
func (p *printed) cell(edge, i, width int) string {
	r := &p.rows[p.n]
	t := r.waits[edge]
	if i < len(p.cells[edge]) {
		t = p.cells[edge][i]
	}
	t = p.cut(t, width)
	paint := p.plain
	switch {
	case i >= len(p.cells[edge]):
	case p.w.stacked && i >= p.own[edge]:
		paint = p.stated(strings.TrimLeft(t, p.wait+" "))
	case r.fault[edge]:
		paint = p.fault
	case r.calls[edge] != 0 && p.chains.member(p.n, r.calls[edge]):
		paint = p.bold
	}
	return paint.Render(t) + strings.Repeat(" ", max(0, width-lipgloss.Width(t)))
}

// state is a line of what is said of a kernel's socket.
func (p *printed) state(edge, i int) string {
	width := p.w.states[edge]
	if width == 0 {
		return ""
	}
	t := ""
	if i >= 0 && i < len(p.states[edge]) {
		t = p.cut(p.states[edge][i], width-1)
	}
	return p.stated(t).Render(t) + strings.Repeat(" ", max(0, width-lipgloss.Width(t)))
}

// stated is how what is said of a socket is painted.
func (p *printed) stated(t string) lipgloss.Style {
	if strings.HasPrefix(t, p.cross) {
		return p.fault
	}
	return p.mark
}
