package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// row is one line of a ladder.
type row struct {
	at      time.Time   // zero for a line that belongs to no moment
	cells   [2]string   // what the application at the left, at the right does
	calls   [2]int      // which calls those are, by ID; 0 where none begins or ends here
	fault   [2]bool     // the cell tells of an error
	states  [2][]string // what is said of the kernels' sockets, nothing where it has not changed
	waits   [2]string   // what the edges show of the calls that go on waiting
	seg     *capture.Segment
	step    *scene.Step          // that of the segment
	sockets [2][]analysis.Socket // what either end can be after it, by the model
	conn    endpoints            // which connection they are of
	fold    string               // between the edges, instead of a segment: what was folded away here, or for how long nothing came
}

// ladder lays out in rows what two applications did: they stand at the edges,
// their segments between.
type ladder struct {
	*style
	*scene.Scene
	*scene.Ladder
	rows  []row
	open  map[int]bool // calls that are under way, by ID: whether their start has been drawn
	lanes [2][]int     // the calls that are drawn through, by edge, outermost first; 0 for one that has ended

	blames [][]analysis.Link // chains of segments that no verdict tells of
	chains chains
	scale  map[endpoints]int // by the ends of a segment: the shift of its window
}

func newLadder(s *style, sc *scene.Scene, number int) *ladder {
	l := &ladder{style: s, Scene: sc, Ladder: &sc.Ladders[number], open: make(map[int]bool), scale: scales(sc.Run.Evidence.Segments)}
	l.lay()
	return l
}

// lay makes the rows. A call that emits a segment stands beside it; one that
// other things happened during is drawn as an interval.
func (l *ladder) lay() {
	for i := range l.Steps {
		st := &l.Steps[i]
		switch {
		case st.Kind == scene.Segment:
			l.rows = append(l.rows, row{at: st.At, seg: st.Segment, step: st})
			l.beside(st.Segment)
			l.unheeded(st)
		case l.later(st):
			continue
		case st.Brief:
		case st.Kind == scene.Begins:
			l.put(st.At, st.Call, l.opens(st.Call), true)
		default:
			l.ends(st)
		}
		l.waits()
		if n := len(l.rows); n > 0 {
			l.rows[n-1].sockets, l.rows[n-1].conn = st.States, l.pair(st)
		}
	}
}

// later reports whether a call is drawn beside the segment that it sends, which
// is still to come. A dial's interval opens there, if its SYN is the first that
// was captured since, and a write's beside its data.
func (l *ladder) later(st *scene.Step) bool {
	switch {
	case st.Kind == scene.Whole:
		return l.Emitted(st.Call) != nil
	case st.Kind == scene.Ends:
		return false
	case st.Brief:
		return true
	}
	l.open[st.Call.ID] = false
	return (st.Call.Op == scenario.OpDial || st.Call.Op == scenario.OpWrite) && l.EmitsNext(st.Call)
}

// ends draws the end of a call.
func (l *ladder) ends(st *scene.Step) {
	ev := st.Call
	_, interval := l.open[ev.ID]
	delete(l.open, ev.ID)
	switch {
	case interval && ev.End.IsZero():
		l.put(st.At, ev, l.within(ev)+l.wait+l.unreturned(), true)
	case interval:
		l.put(st.At, ev, l.within(ev)+l.shut+" "+strings.TrimPrefix(l.result(ev), l.to+" "), ev.Op.Library())
	default:
		l.put(st.At, ev, l.within(ev)+l.label(ev), true)
	}
	l.leave(ev)
}

// beside writes the call that emitted s into the row of s.
func (l *ladder) beside(s *capture.Segment) {
	ev := l.Run.Event(l.Run.Notes[s.ID].From.Event)
	if ev == nil || l.Emitted(ev) != s || !l.Shown(ev) {
		return
	}
	r, i := &l.rows[len(l.rows)-1], l.EdgeOf(ev)
	if drawn, ok := l.open[ev.ID]; ok {
		if !drawn {
			r.cells[i], r.calls[i] = l.opens(ev), ev.ID
		}
		return
	}
	r.cells[i], r.calls[i], r.fault[i] = l.within(ev)+l.label(ev), ev.ID, ev.Fault != ""
}

// unheeded writes at the receiver's edge of an RST or a SYN that it had no effect.
func (l *ladder) unheeded(st *scene.Step) {
	s, i := st.Segment, 1-st.Edge
	effect := l.Run.Notes[s.ID].Effect
	r := &l.rows[len(l.rows)-1]
	if s.Flags&(capture.RST|capture.SYN) == 0 || s.ICMP.Is() || r.cells[i] != "" {
		return
	}
	switch {
	case strings.Contains(effect, "ignored"):
		r.cells[i] = "ignored"
	case strings.Contains(effect, "not believed") && l.answered(s): // else it may as well have been lost
		r.cells[i] = "not believed"
	}
}

// answered reports whether a segment was captured that answers s.
func (l *ladder) answered(s *capture.Segment) bool {
	return slices.ContainsFunc(l.Run.Evidence.Segments, func(o capture.Segment) bool {
		return l.Run.Notes[o.ID].From.Segment == s.ID
	})
}

// opens is the start of a call's interval, which from now on has to be drawn
// through.
func (l *ladder) opens(ev *scenario.Event) string {
	t := l.within(ev) + l.style.open + " " + scene.Doing(ev)
	l.open[ev.ID] = true
	i := l.EdgeOf(ev)
	l.lanes[i] = append(l.lanes[i], ev.ID)
	return t
}

// leave ends the drawing of a call's interval.
func (l *ladder) leave(ev *scenario.Event) {
	i := l.EdgeOf(ev)
	if n := slices.Index(l.lanes[i], ev.ID); n >= 0 {
		l.lanes[i][n] = 0
	}
	for n := len(l.lanes[i]); n > 0 && l.lanes[i][n-1] == 0; n-- {
		l.lanes[i] = l.lanes[i][:n-1]
	}
}

// within is what stands before a call that is made while others of its
// application wait.
func (l *ladder) within(ev *scenario.Event) string {
	lanes := l.lanes[l.EdgeOf(ev)]
	if n := slices.Index(lanes, ev.ID); n >= 0 {
		lanes = lanes[:n]
	}
	return l.draws(lanes)
}

// pillars is what an edge shows of its calls that wait, where nothing happens.
func (l *ladder) pillars(edge int) string { return strings.TrimRight(l.draws(l.lanes[edge]), " ") }

func (l *ladder) draws(lanes []int) (t string) {
	for _, id := range lanes {
		if id == 0 {
			t += "  "
		} else {
			t += l.wait + " "
		}
	}
	return t
}

// put writes text at the edge of the call's application: into the last row if
// that has room and fresh is not asked for, else into a new one.
func (l *ladder) put(at time.Time, ev *scenario.Event, text string, fresh bool) {
	i := l.EdgeOf(ev)
	if n := len(l.rows) - 1; !fresh && n >= 0 && (l.rows[n].cells[i] == "" || l.rows[n].cells[i] == l.pillars(i)) && l.rows[n].seg != nil && ev.Fault == "" {
		l.rows[n].cells[i], l.rows[n].calls[i] = text, ev.ID
		return
	}
	r := row{at: at}
	r.cells[i], r.calls[i], r.fault[i] = text, ev.ID, ev.Fault != "" && ev.Fault != scenario.EOF
	l.rows = append(l.rows, r)
}

// waits draws the intervals that are open through the last row.
func (l *ladder) waits() {
	if len(l.rows) == 0 {
		return
	}
	r := &l.rows[len(l.rows)-1]
	for i := range r.cells {
		r.waits[i] = l.pillars(i)
		if r.cells[i] == "" {
			r.cells[i] = r.waits[i]
		}
	}
}

// result is the outcome of a call with the segment that caused it.
func (l *ladder) result(ev *scenario.Event) string {
	t := cmp.Or(l.outcome(ev), "ok")
	if id := causeOf(l.Run, ev.ID); id != 0 {
		t += fmt.Sprintf(" %s #%d", l.from, id)
	}
	return t
}

// label is a call with its outcome, on one line.
func (l *ladder) label(ev *scenario.Event) string {
	t := scene.Doing(ev)
	switch o := l.outcome(ev); {
	case ev.End.IsZero():
		return t + " " + o
	case ev.Op == scenario.OpRead && ev.Fault == "":
		return fmt.Sprintf("read %s", scene.Octets(ev.N))
	case o != "" && (ev.Fault != "" || ev.Op != scenario.OpDial && ev.Op != scenario.OpAccept):
		t += " " + o
	}
	if id := causeOf(l.Run, ev.ID); id != 0 {
		t += fmt.Sprintf(" %s #%d", l.from, id)
	}
	if c, ok := l.Run.Call(ev.ID); ok && c.Lost > 0 {
		t += fmt.Sprintf(", %s unread", scene.Octets(c.Lost))
	}
	return t
}
