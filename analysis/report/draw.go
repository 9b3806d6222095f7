package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/capture"
)

// Ladder draws a run as a ladder: time on the left, the applications at the
// edges, the segments between them, those that caused an error drawn heavy, and
// beside it a line from where each error began to the call that got it. Where
// more than two applications took part it draws one for every two that spoke
// with each other.
func Ladder(w io.Writer, r *analysis.Run, o Options) error {
	s := newStyle(w, o)
	_, err := io.WriteString(w, s.ladders(s.scene(r)))
	return err
}

func (s *style) ladders(sc *scene.Scene) string {
	var b strings.Builder
	for i := range sc.Ladders {
		if i > 0 {
			b.WriteByte('\n')
		}
		l := newLadder(s, sc, i)
		l.fold(gap{})
		l.draw(&b)
	}
	return b.String()
}

// scene returns what there is to draw.
func (s *style) scene(r *analysis.Run) *scene.Scene {
	if s.Verbose {
		return scene.All(r)
	}
	return scene.Of(r)
}

// draw prints the heading and the rows.
func (l *ladder) draw(b *strings.Builder) {
	l.chains = chains{laid(l.threads())}
	if l.States {
		l.stand()
	}
	w := l.columns()
	l.heading(b, w)
	if len(l.rows) == 0 {
		b.WriteString(w.blank() + "nothing was recorded\n")
	}
	for i := range l.rows {
		l.line(b, i, w)
	}
}

// heading names the applications, and between them their kernels, if those are
// told of. A long name at the right begins further left, as far as the other
// leaves room.
func (l *ladder) heading(b *strings.Builder, w *widths) {
	left, right := l.text(string(l.Names[0])), l.text(string(l.Names[1]))
	room := w.left + w.states[0] + w.wire + 1 + w.states[1] + w.right
	begin := min(room-w.right, max(room-lipgloss.Width(right), min(lipgloss.Width(left)+2, room/2)))
	middle := l.bold.Render(l.fit(left, begin-1))
	const kernel = "kernel"
	if lipgloss.Width(left) < w.left && begin == room-w.right && min(w.states[0], w.states[1]) > len(kernel) {
		middle = l.bold.Render(l.fit(left, w.left)) + l.dim.Render(l.fit(kernel, w.states[0]+w.wire+1)+l.fit(kernel, w.states[1]-1))
	}
	fmt.Fprintf(b, "%s %s%s %s\n", l.dim.Render(fmt.Sprintf("%*s", w.clock-1, "ms")), strings.Repeat(" ", w.gutter),
		middle, l.bold.Render(strings.TrimRight(l.fit(right, room-begin), " ")))
}

// clock is a moment in milliseconds since the run began, "" for none.
func (l *ladder) clock(t time.Time, decimals int) string {
	if t.IsZero() {
		return ""
	}
	return fmt.Sprintf("%.*f", decimals, float64(t.Sub(l.Start))/float64(time.Millisecond))
}

// line prints one row, in as many lines as its cells take. Where no segment is
// drawn the left edge has the wire's room as well.
func (l *ladder) line(b *strings.Builder, n int, w *widths) {
	r := &l.rows[n]
	lead := l.dim.Render(fmt.Sprintf("%*s", w.clock-1, l.clock(r.at, w.decimals))) + " " + l.gutter(n, true)
	if r.fold != "" {
		b.WriteString(strings.TrimRight(lead+l.folding(r, w), " ") + "\n")
		return
	}
	p := &printed{ladder: l, w: w, n: n, lead: lead}
	p.cells[0], p.cells[1] = l.broken(l.said(r.cells[0], w.brief), w.left-1), l.broken(l.said(r.cells[1], w.brief), w.right)
	if !w.stacked {
		p.states = r.states
	}
	if r.seg != nil {
		p.wire = l.arrow(r.step, w)
		if w.note > 0 {
			p.note = wrap(l.text(l.Run.Notes[r.seg.ID].Effect), w.note-2)
		}
	} else {
		p.unsent()
	}
	if w.stacked {
		p.stack()
	}
	p.print(b)
}

// said is a cell as it is printed: in few letters, if brief.
func (l *ladder) said(cell string, brief bool) string {
	if brief {
		cell = strings.NewReplacer(" bytes", " B", " byte", " B").Replace(cell)
	}
	return l.text(cell)
}

// broken is a cell in lines of at most so many columns. Calls that wait are drawn
// through them.
func (l *ladder) broken(cell string, width int) []string {
	if lipgloss.Width(cell) <= width {
		return []string{cell}
	}
	rest := strings.TrimLeft(cell, l.wait+" ")
	pillars := cell[:len(cell)-len(rest)]
	if lipgloss.Width(pillars) > width/2 {
		return []string{l.fit(cell, width)}
	}
	var lines []string
	for i, t := range wrap(rest, width-lipgloss.Width(pillars)-2) {
		if i > 0 {
			t = "  " + t
		}
		lines = append(lines, pillars+t)
	}
	return lines
}

// folding is a row that stands for others, or for a silence: between the edges,
// at which calls go on waiting.
func (l *ladder) folding(r *row, w *widths) string {
	left, right := l.fit(r.waits[0], w.left+w.states[0]), strings.Repeat(" ", w.states[1])+l.cut(r.waits[1], w.right)
	room := w.wire
	if r.waits[1] == "" {
		room += w.states[1] + w.right
	}
	t := l.dots + " " + l.text(r.fold)
	if lipgloss.Width(t) > room && r.waits[0] == "" {
		left, room = "", room+w.left+w.states[0]
	}
	return left + l.dim.Render(l.fit(t, room)) + " " + right
}

// arrow draws a segment: a line from edge to edge, and on it the label.
func (l *ladder) arrow(st *scene.Step, w *widths) string {
	s, width := st.Segment, w.wire
	line, head, tail, paint := l.style.line, l.right, l.left, l.plain
	switch {
	case s.Flags.Has(capture.RST):
		line, head, tail, paint = l.heavy, l.rightHeavy, l.leftHeavy, l.fault
	case s.Flags.Has(capture.FIN):
		paint = l.fin
	}
	if l.Run.Notes[s.ID].Decisive {
		line, paint = l.heavy, paint.Bold(true)
	}
	if l.Run.Notes[s.ID].Lost != "" {
		head, tail = l.cross, l.cross // it did not arrive
	}
	text := l.written(st, &w.labels, line, width)
	if st.Edge == 0 {
		return paint.Render(strings.Repeat(line, 2) + text + head)
	}
	return paint.Render(tail + line + text + line)
}
