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
// edges, the segments between them, those that caused an error drawn heavy.
// Where more than two applications took part it draws one for every two that
// spoke with each other.
func Ladder(w io.Writer, r *analysis.Run, o Options) error {
	s := newStyle(w, o)
	var b strings.Builder
	sc := s.scene(r)
	for i := range sc.Ladders {
		if i > 0 {
			b.WriteByte('\n')
		}
		newLadder(s, sc, i).draw(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// scene returns what there is to draw.
func (s *style) scene(r *analysis.Run) *scene.Scene {
	if s.Verbose {
		return scene.All(r)
	}
	return scene.Of(r)
}

// widths are those of a ladder's columns. The clock's includes a space after
// it; one more stands before the right edge.
type widths struct{ clock, left, wire, right int }

// draw prints the heading and the rows.
func (l *ladder) draw(b *strings.Builder) {
	w := l.columns()
	l.heading(b, w)
	if len(l.rows) == 0 {
		b.WriteString(strings.Repeat(" ", w.clock) + "nothing was recorded\n")
	}
	for i := range l.rows {
		l.line(b, &l.rows[i], w)
	}
}

// heading names the applications. A long name at the right begins further left,
// as far as the other leaves room.
func (l *ladder) heading(b *strings.Builder, w widths) {
	names := l.Names
	left, right := l.text(string(names[0])), l.text(string(names[1]))
	room := w.left + w.wire + 1 + w.right
	begin := min(w.left+w.wire+1, max(room-lipgloss.Width(right), min(lipgloss.Width(left)+2, room/2)))
	fmt.Fprintf(b, "%s %s %s\n", l.dim.Render(fmt.Sprintf("%*s", w.clock-1, "ms")),
		l.bold.Render(l.fit(left, begin-1)), l.bold.Render(strings.TrimRight(l.fit(right, room-begin), " ")))
}

// columns shares the width out. On a wide terminal the wire gets most of what
// there is to give; on a narrow one a column that needs more than its share
// takes it from one that needs less.
func (l *ladder) columns() widths {
	w := widths{clock: 9, left: 24, right: 22}
	if n := len(l.rows); n > 0 {
		for i := range l.rows {
			w.clock = max(w.clock, len(l.clock(l.rows[i].at))+2)
		}
	}
	w.wire = l.Width - w.clock - w.left - w.right - 1
	if spare := w.wire - 44; spare > 0 {
		w.wire -= spare / 2
		w.left += spare / 4
		w.right += spare / 4
	}
	var need widths
	for i := range l.rows {
		r := &l.rows[i]
		if r.seg != nil {
			need.left = max(need.left, lipgloss.Width(l.text(r.cells[0]))+1)
			need.wire = max(need.wire, lipgloss.Width(l.numbers(r.step, 0))+7)
		}
		need.right = max(need.right, lipgloss.Width(l.text(r.cells[1])))
	}
	take := func(to *int, need int, from *int, leave int) {
		if n := min(need-*to, *from-leave); n > 0 {
			*to, *from = *to+n, *from-n
		}
	}
	take(&w.right, need.right, &w.left, max(need.left, 16))
	take(&w.left, need.left, &w.right, max(need.right, 14))
	take(&w.wire, need.wire, &w.left, max(need.left, 16))
	take(&w.wire, need.wire, &w.right, max(need.right, 14))
	take(&w.right, need.right, &w.wire, 22)
	take(&w.left, need.left, &w.wire, 22)
	return w
}

// clock is a moment in milliseconds since the run began, "" for none.
func (l *ladder) clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return fmt.Sprintf("%.3f", float64(t.Sub(l.Start))/float64(time.Millisecond))
}

// line prints one row. Where no segment is drawn the left edge has the wire's
// room as well.
func (l *ladder) line(b *strings.Builder, r *row, w widths) {
	if r.fold != "" {
		fmt.Fprintf(b, "%s%s\n", strings.Repeat(" ", w.clock), l.dim.Render(strings.TrimRight(l.fit(l.dots+" "+l.text(r.fold), l.Width-w.clock), " ")))
		return
	}
	line := l.dim.Render(fmt.Sprintf("%*s", w.clock-1, l.clock(r.at))) + " "
	if r.seg != nil {
		line += l.cell(r, 0, w.left) + l.arrow(r.step, w.wire)
	} else {
		line += l.cell(r, 0, w.left+w.wire)
	}
	line += " " + l.cell(r, 1, w.right)
	b.WriteString(strings.TrimRight(line, " "))
	b.WriteByte('\n')
}

func (l *ladder) cell(r *row, i, width int) string {
	t := l.fit(l.text(r.cells[i]), width)
	if r.fault[i] {
		return l.fault.Render(strings.TrimRight(t, " ")) + strings.Repeat(" ", width-lipgloss.Width(strings.TrimRight(t, " ")))
	}
	return t
}

// arrow draws a segment.
func (l *ladder) arrow(st *scene.Step, width int) string {
	s := st.Segment
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
	label := " " + l.numbers(st, width-7) + " "
	dashes := max(width-lipgloss.Width(label)-3, 1)
	if l.Run.Notes[s.ID].Lost != "" {
		head, tail = l.cross, l.cross // it did not arrive
	}
	if st.Edge == 0 {
		return paint.Render(strings.Repeat(line, 2) + label + strings.Repeat(line, dashes) + head)
	}
	return paint.Render(tail + strings.Repeat(line, dashes) + label + strings.Repeat(line, 2))
}

// icmpLabel names an ICMP error in as many words as fit; with no room those that
// it should have.
func icmpLabel(s *capture.Segment, room int) string {
	words := fmt.Sprintf("#%d ICMP %s", s.ID, s.ICMP.Meaning())
	switch full := fmt.Sprintf("#%d %s", s.ID, s.ICMP); {
	case room >= lipgloss.Width(full):
		return full
	case room <= 0 || room >= lipgloss.Width(words):
		return words
	}
	return fmt.Sprintf("#%d ICMP %d/%d", s.ID, s.ICMP.Type, s.ICMP.Code)
}

// numbers labels a segment with its ID and flags, then with as many relative
// sequence numbers as fit: those first that tell most. With no room it says
// what the label should have.
func (l *ladder) numbers(st *scene.Step, room int) string {
	s := st.Segment
	if s.ICMP.Is() {
		return icmpLabel(s, room)
	}
	t := fmt.Sprintf("#%d %s", s.ID, s.Flags)
	var more []string
	switch {
	case s.Len > 0:
		more = append(more, fmt.Sprintf("%d:%d", st.Seq, st.Seq+s.Len))
	case s.Flags&(capture.SYN|capture.FIN|capture.RST) != 0 && !s.Flags.Has(capture.SYN):
		more = append(more, fmt.Sprintf("seq %d", st.Seq))
	}
	if s.Flags.Has(capture.ACK) && !s.Flags.Has(capture.SYN) {
		more = append(more, fmt.Sprintf("ack %d", st.Ack))
	}
	if s.Len > 0 || s.Flags.Has(capture.ACK) && room > 40 {
		more = append(more, fmt.Sprintf("win %d", s.Window))
	}
	if room <= 0 {
		return strings.Join(append([]string{t}, more[:min(len(more), 1)]...), " ")
	}
	for _, m := range more {
		if lipgloss.Width(t)+1+len(m) > room {
			break
		}
		t += " " + m
	}
	if lipgloss.Width(t) > room {
		return l.fit(t, room)
	}
	return t
}
