package mermaid

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/capture"
)

// mostSteps is how many steps of each ladder are drawn: a renderer refuses what
// is too long, and nobody reads it.
const mostSteps = 100

// The grounds on which arrows stand.
const (
	causeGround = "rgba(255, 196, 0, 0.22)"
	resetGround = "rgba(220, 38, 38, 0.22)"
)

// Diagram writes a scene as one diagram. An error is w's.
func Diagram(w io.Writer, s *scene.Scene) error {
	d := &diagram{scene: s, cast: castOf(s), chain: make(map[scene.Item]bool)}
	for i := range s.Run.Verdicts {
		for _, item := range s.Chain(s.Run.Verdicts[i].Event) {
			d.chain[item] = true
		}
	}
	d.WriteString("sequenceDiagram\n")
	d.cast.write(&d.Builder, s)
	d.note()
	for _, m := range d.moments() {
		d.moment(m)
	}
	d.stand("")
	_, err := io.WriteString(w, d.String())
	return err
}

// note says what a diagram is not: a run of now, or of this system.
func (d *diagram) note() {
	r, l := d.scene.Run, len(d.scene.Ladders)-1
	over := d.cast.app(d.scene.Ladders[0].Names[0]) + "," + d.cast.app(d.scene.Ladders[l].Names[1])
	if t := r.Origin(); t != "" {
		d.line("Note over %s: %s", over, text(t))
	}
	if r.Translated() {
		d.line("Note over %s: %s", over, text("as "+analysis.Platform{OS: r.Evidence.Model.Name}.Name()+" would have behaved, by its source"))
	}
}

type diagram struct {
	strings.Builder
	scene  *scene.Scene
	cast   *cast
	chain  map[scene.Item]bool
	ground string      // on which what follows stands, "" for none
	states [][2]string // by ladder and edge: what was last said of the socket
}

// moment is a step of one of the ladders, or some that are left out.
type moment struct {
	ladder int
	scene.Stretch
}

// moments are the steps of all ladders in order of time; what has none comes
// last.
func (d *diagram) moments() []moment {
	var list []moment
	for n := range d.scene.Ladders {
		for _, part := range d.scene.Fold(n, mostSteps) {
			if part.LeftOut {
				list = append(list, moment{n, part})
				continue
			}
			for i := part.From; i < part.To; i++ {
				list = append(list, moment{n, scene.Stretch{From: i, To: i + 1}})
			}
		}
	}
	at := func(m moment) time.Time { return d.scene.Ladders[m.ladder].Steps[m.From].At }
	slices.SortStableFunc(list, func(a, b moment) int {
		switch a, b := at(a), at(b); {
		case a.IsZero() == b.IsZero():
			return a.Compare(b)
		case a.IsZero():
			return 1
		}
		return -1
	})
	d.states = make([][2]string, len(d.scene.Ladders))
	return list
}

// line writes a statement.
func (d *diagram) line(format string, a ...any) {
	d.WriteString("    ")
	fmt.Fprintf(d, format, a...)
	d.WriteByte('\n')
}

// moment draws a step, and the states that it leads to.
func (d *diagram) moment(m moment) {
	if m.LeftOut {
		d.stand("")
		l := &d.scene.Ladders[m.ladder]
		d.line("Note over %s,%s: %s", kernel(m.ladder, 0), kernel(m.ladder, 1),
			text(fmt.Sprintf("… %d steps in %v are left out", m.To-m.From, l.Span(m.Stretch).Round(time.Microsecond))))
	} else {
		st := &d.scene.Ladders[m.ladder].Steps[m.From]
		if st.Kind == scene.Segment && st.Segment.ID == d.scene.Run.Evidence.Gap {
			d.stand("")
			d.line("Note over %s,%s: %s", kernel(m.ladder, 0), kernel(m.ladder, 1), text("… segments are left out"))
		}
		d.stand(d.groundOf(st))
		if st.Kind == scene.Segment {
			d.segment(m.ladder, st)
		} else {
			d.call(m.ladder, st)
		}
	}
	last := &d.scene.Ladders[m.ladder].Steps[m.To-1]
	for edge := range 2 {
		if t := socket(last.States[edge]); t != d.states[m.ladder][edge] {
			d.states[m.ladder][edge] = t
			d.line("Note over %s: %s", kernel(m.ladder, edge), cmp.Or(t, "no socket"))
		}
	}
}

// stand chooses the ground for what follows.
func (d *diagram) stand(ground string) {
	if ground == d.ground {
		return
	}
	if d.ground != "" {
		d.line("end")
	}
	if d.ground = ground; ground != "" {
		d.line("rect %s", ground)
	}
}

// groundOf is the colour behind a step, "" for none.
func (d *diagram) groundOf(st *scene.Step) string {
	switch {
	case st.Kind == scene.Segment && !st.Segment.ICMP.Is() && st.Segment.Flags.Has(capture.RST):
		return resetGround
	case d.chain[st.Item()]:
		return causeGround
	}
	return ""
}

// call draws the start or the end of a call, or both in one.
func (d *diagram) call(ladder int, st *scene.Step) {
	app, kernel := d.cast.app(d.scene.Ladders[ladder].Names[st.Edge]), kernel(ladder, st.Edge)
	say, result := scene.Doing(st.Call), scene.Outcome(st.Call)
	if v := d.scene.Run.Verdict(st.Call.ID); v != nil && v.Cause.Segment != 0 {
		result += fmt.Sprintf(" ← #%d", v.Cause.Segment)
	}
	switch {
	case st.Call.Op.Library():
		d.library(app, st, say, result)
	case st.Kind == scene.Begins:
		d.line("%s->>%s: %s", app, kernel, text(say))
		d.line("activate %s", app)
	case st.Kind == scene.Ends && st.At.IsZero():
		d.line("Note over %s: %s", app, text(say+" "+result))
		d.line("deactivate %s", app)
	case st.Kind == scene.Ends:
		d.line("%s-->>%s: %s", kernel, app, text(say+" "+cmp.Or(result, "→ ok")))
		d.line("deactivate %s", app)
	case result == "" || result == "→ ok":
		d.line("%s->>%s: %s", app, kernel, text(say))
	default:
		d.line("%s-->>%s: %s", kernel, app, text(say+" "+result))
	}
}

// library draws a call of a library, which is none of a kernel.
func (d *diagram) library(app string, st *scene.Step, say, result string) {
	if st.Kind == scene.Begins {
		result = "…"
	}
	d.line("Note over %s: %s", app, text(strings.TrimSpace(say+" "+result)))
	switch st.Kind {
	case scene.Begins:
		d.line("activate %s", app)
	case scene.Ends:
		d.line("deactivate %s", app)
	}
}

// segment draws a segment's arrow.
func (d *diagram) segment(ladder int, st *scene.Step) {
	s := st.Segment
	from, head := kernel(ladder, st.Edge), "->>"
	if s.ICMP.Is() {
		from, head = network(ladder), "-->>"
	}
	if d.scene.Run.Notes[s.ID].Lost != "" {
		head = strings.TrimSuffix(head, ">>") + "x"
	}
	d.line("%s%s%s: %s", from, head, kernel(ladder, 1-st.Edge), text(label(st)))
}

// label names a segment with its relative numbers.
func label(st *scene.Step) string {
	s := st.Segment
	if s.ICMP.Is() {
		return fmt.Sprintf("#%d %s", s.ID, s.ICMP)
	}
	t := fmt.Sprintf("#%d %s", s.ID, s.Flags)
	if !s.Flags.Has(capture.SYN) {
		t += fmt.Sprintf(" seq %d", st.Seq)
	}
	if s.Flags.Has(capture.ACK) {
		t += fmt.Sprintf(" ack %d", st.Ack)
	}
	if s.Len > 0 {
		t += fmt.Sprintf(" len %d", s.Len)
	}
	return t
}

// socket says in which state of TCP a socket is, and which error is pending.
func socket(list []analysis.Socket) string {
	var parts []string
	for _, s := range list {
		name, _, _ := strings.Cut(s.State.String(), " (")
		t := text(name)
		if s.Pending != "" {
			t += "<br/>" + text(string(s.Pending)+" pending")
		}
		if !slices.Contains(parts, t) {
			parts = append(parts, t)
		}
	}
	return strings.Join(parts, "<br/>or ")
}
