package report

import (
	"cmp"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// row is one line of a ladder.
type row struct {
	at    time.Time
	cells [2]string // what the application at the left, at the right does
	fault [2]bool   // the cell tells of an error
	seg   *capture.Segment
}

// ladder lays a run out in rows: both applications at the edges, their
// segments between.
type ladder struct {
	*style
	run   *analysis.Run
	first scenario.Role // the one at the left
	rows  []row
	base  map[netip.AddrPort]capture.Seq // the first sequence number of each sender
	start time.Time
}

// Ladder draws a run as a ladder: time on the left, the applications at the
// edges, the segments between them, those that caused an error drawn heavy.
func Ladder(w io.Writer, r *analysis.Run, o Options) error {
	l := newLadder(newStyle(w, o), r)
	var b strings.Builder
	l.heading(&b)
	for i := range l.rows {
		l.draw(&b, &l.rows[i])
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func newLadder(s *style, r *analysis.Run) *ladder {
	l := &ladder{style: s, run: r, first: scenario.Client, base: make(map[netip.AddrPort]capture.Seq)}
	for i := range r.Evidence.Segments {
		seg := &r.Evidence.Segments[i]
		if _, known := l.base[seg.Src]; !known && !(seg.Flags.Has(capture.RST) && !seg.Flags.Has(capture.ACK)) {
			l.base[seg.Src] = seg.Seq
		}
		if _, known := l.base[seg.Dst]; !known && seg.Flags.Has(capture.ACK) {
			l.base[seg.Dst] = seg.Ack.Add(-1)
		}
	}
	l.lay()
	return l
}

// mark is a moment of the run that may need a row.
type mark struct {
	at   time.Time
	seg  *capture.Segment
	call *scenario.Event
	end  bool // the call returns
}

// lay makes the rows. A call that emits a segment stands beside it; one that
// other things happened during is drawn as an interval.
func (l *ladder) lay() {
	marks := l.marks()
	open := make(map[int]bool) // calls drawn as intervals that have not ended
	for _, m := range marks {
		switch {
		case m.seg != nil:
			l.rows = append(l.rows, row{at: m.at, seg: m.seg})
			l.beside(m.seg, open)
		case !m.end:
			if open[m.call.ID] = true; !l.starts(m.call) {
				l.put(m.at, m.call, doing(m.call)+" "+l.open, true)
			}
		case open[m.call.ID]:
			delete(open, m.call.ID)
			l.put(m.at, m.call, l.shut+" "+strings.TrimPrefix(l.result(m.call), l.to+" "), false)
		default:
			l.put(m.at, m.call, l.label(m.call), true)
		}
		l.waits(open)
	}
}

// marks lists, in order of time, the segments, the starts of intervals, and
// the ends of calls that no segment stands beside.
func (l *ladder) marks() []mark {
	var marks []mark
	e := &l.run.Evidence
	for i := range e.Segments {
		marks = append(marks, mark{at: e.Segments[i].Time, seg: &e.Segments[i]})
	}
	for i := range e.Events {
		ev := &e.Events[i]
		if !l.shown(ev) {
			continue
		}
		if l.interval(ev) {
			marks = append(marks, mark{at: ev.Start, call: ev})
		} else if l.emitted(ev) != nil {
			continue
		}
		at := ev.End
		if at.IsZero() {
			at = ev.Start
		}
		marks = append(marks, mark{at: at, call: ev, end: true})
	}
	slices.SortStableFunc(marks, func(a, b mark) int { return a.at.Compare(b.at) })
	if len(marks) > 0 {
		l.start = marks[0].at
	}
	return marks
}

// shown reports whether a call is worth a row: not the listener's upkeep, nor
// the polls with which a story waits, nor a close that nothing came of.
func (l *ladder) shown(ev *scenario.Event) bool {
	if l.Verbose || ev.Fault != "" && ev.Fault != scenario.Closed {
		return true
	}
	switch ev.Op {
	case scenario.OpListen, scenario.OpBind, scenario.OpPoll:
		return false
	case scenario.OpClose:
		return l.emitted(ev) != nil
	}
	return true
}

// interval reports whether the call has to be drawn with a start and an end:
// it waits for the other side, and segments were captured while it did.
func (l *ladder) interval(ev *scenario.Event) bool {
	switch ev.Op {
	case scenario.OpDial, scenario.OpRead, scenario.OpAccept:
	default:
		return false
	}
	return slices.ContainsFunc(l.run.Evidence.Segments, func(s capture.Segment) bool {
		return s.Time.After(ev.Start) && s.Time.Before(ev.End)
	})
}

// emitted returns the first segment that the call made its socket send.
func (l *ladder) emitted(ev *scenario.Event) *capture.Segment {
	for i := range l.run.Evidence.Segments {
		s := &l.run.Evidence.Segments[i]
		if l.run.Notes[s.ID].From.Event == ev.ID {
			return s
		}
	}
	return nil
}

// starts reports whether a segment of its own will open the call's interval.
func (l *ladder) starts(ev *scenario.Event) bool {
	return l.emitted(ev) != nil && ev.Op == scenario.OpDial
}

// beside writes the call that emitted s into the row of s.
func (l *ladder) beside(s *capture.Segment, open map[int]bool) {
	ev := l.run.Event(l.run.Notes[s.ID].From.Event)
	if ev == nil || l.emitted(ev) != s {
		return
	}
	r, i := &l.rows[len(l.rows)-1], l.edge(ev.Role)
	if open[ev.ID] {
		r.cells[i] = doing(ev) + " " + l.open
		return
	}
	r.cells[i], r.fault[i] = l.label(ev), ev.Fault != ""
}

// put writes text at the edge of the call's role: into the last row if that
// has room and fresh is not asked for, else into a new one.
func (l *ladder) put(at time.Time, ev *scenario.Event, text string, fresh bool) {
	i := l.edge(ev.Role)
	if n := len(l.rows) - 1; !fresh && n >= 0 && (l.rows[n].cells[i] == "" || l.rows[n].cells[i] == l.wait) && l.rows[n].seg != nil && ev.Fault == "" {
		l.rows[n].cells[i] = text
		return
	}
	r := row{at: at}
	r.cells[i], r.fault[i] = text, ev.Fault != "" && ev.Fault != scenario.EOF
	l.rows = append(l.rows, r)
}

// waits draws the intervals that are open through the last row.
func (l *ladder) waits(open map[int]bool) {
	if len(l.rows) == 0 {
		return
	}
	for id := range open {
		i := l.edge(l.run.Event(id).Role)
		if r := &l.rows[len(l.rows)-1]; r.cells[i] == "" {
			r.cells[i] = l.wait
		}
	}
}

func (l *ladder) edge(role scenario.Role) int {
	if role == l.first {
		return 0
	}
	return 1
}

// result is the outcome of a call with the segment that caused it.
func (l *ladder) result(ev *scenario.Event) string {
	t := cmp.Or(l.outcome(ev), "ok")
	if id := causeOf(l.run, ev.ID); id != 0 {
		t += fmt.Sprintf(" %s #%d", l.from, id)
	}
	return t
}

// label is a call with its outcome, on one line.
func (l *ladder) label(ev *scenario.Event) string {
	t := doing(ev)
	if ev.Op == scenario.OpRead && ev.Fault == "" {
		return fmt.Sprintf("read %s", octets(ev.N))
	}
	if o := l.outcome(ev); o != "" && (ev.Fault != "" || ev.Op != scenario.OpDial && ev.Op != scenario.OpAccept) {
		t += " " + o
	}
	if id := causeOf(l.run, ev.ID); id != 0 {
		t += fmt.Sprintf(" %s #%d", l.from, id)
	}
	if c, ok := l.run.Call(ev.ID); ok && c.Lost > 0 {
		t += fmt.Sprintf(", %s unread", octets(c.Lost))
	}
	return t
}

// columns returns the widths of the time, the left edge, the wire and the
// right edge. The wire gets most of what a wide terminal has to give.
func (l *ladder) columns() (clock, left, wire, right int) {
	clock, left, right = 9, 24, 22
	wire = l.Width - clock - left - right - 1
	if spare := wire - 44; spare > 0 {
		wire -= spare / 2
		left += spare / 4
		right += spare / 4
	}
	return clock, left, wire, right
}

func (l *ladder) heading(b *strings.Builder) {
	clock, left, wire, _ := l.columns()
	fmt.Fprintf(b, "%s %s%s\n", l.dim.Render(fmt.Sprintf("%*s", clock-1, "ms")),
		l.bold.Render(l.fit(string(l.first), left+wire+1)), l.bold.Render(string(scenario.Server)))
}

func (l *ladder) draw(b *strings.Builder, r *row) {
	clock, left, wire, right := l.columns()
	ms := fmt.Sprintf("%*.3f", clock-1, float64(r.at.Sub(l.start))/float64(time.Millisecond))
	middle := strings.Repeat(" ", wire)
	if r.seg != nil {
		middle = l.arrow(r.seg, wire)
	}
	line := l.dim.Render(ms) + " " + l.cell(r, 0, left) + middle + " " + l.cell(r, 1, right)
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
func (l *ladder) arrow(s *capture.Segment, width int) string {
	line, head, tail, paint := l.line, l.right, l.left, lipgloss.NewStyle()
	switch {
	case s.Flags.Has(capture.RST):
		line, head, tail, paint = l.heavy, l.rightHeavy, l.leftHeavy, l.fault
	case s.Flags.Has(capture.FIN):
		paint = l.fin
	}
	if l.run.Notes[s.ID].Decisive {
		line, paint = l.heavy, paint.Bold(true)
	}
	label := " " + l.numbers(s, width-7) + " "
	dashes := max(width-lipgloss.Width(label)-2, 1)
	if l.sender(s) == 0 {
		return paint.Render(strings.Repeat(line, 2) + label + strings.Repeat(line, max(dashes-1, 1)) + head)
	}
	return paint.Render(tail + strings.Repeat(line, max(dashes-1, 1)) + label + strings.Repeat(line, 2))
}

// sender returns the edge that the segment leaves from.
func (l *ladder) sender(s *capture.Segment) int {
	for i := range l.run.Evidence.Events {
		ev := &l.run.Evidence.Events[i]
		if ev.Local == s.Src && ev.Remote == s.Dst {
			return l.edge(ev.Role)
		}
		if ev.Local == s.Dst && ev.Remote == s.Src {
			return 1 - l.edge(ev.Role)
		}
	}
	return 0
}

// numbers labels a segment with what fits: its ID and flags, then relative
// sequence numbers.
func (l *ladder) numbers(s *capture.Segment, room int) string {
	t := fmt.Sprintf("#%d %s", s.ID, s.Flags)
	seq, ack := s.Seq.Sub(l.base[s.Src]), s.Ack.Sub(l.base[s.Dst])
	var more []string
	switch {
	case s.Len > 0:
		more = append(more, fmt.Sprintf("%d:%d", seq, seq+s.Len))
	case s.Flags&(capture.SYN|capture.FIN|capture.RST) != 0 && !s.Flags.Has(capture.SYN):
		more = append(more, fmt.Sprintf("seq %d", seq))
	}
	if s.Flags.Has(capture.ACK) && !s.Flags.Has(capture.SYN) {
		more = append(more, fmt.Sprintf("ack %d", ack))
	}
	if s.Len > 0 || s.Flags.Has(capture.ACK) && room > 40 {
		more = append(more, fmt.Sprintf("win %d", s.Window))
	}
	for _, m := range more {
		if lipgloss.Width(t)+1+len(m) <= room {
			t += " " + m
		}
	}
	return t
}
