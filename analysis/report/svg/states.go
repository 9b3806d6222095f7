package svg

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/scene"
)

// turn is a change of what an edge's socket can be.
type turn struct {
	edge, lower int // lower: how far below its row
	step        int
	now         []analysis.Socket
	words       []label
	fresh       bool // it is another state of TCP than before, or none
	lost        int  // octets that the application had not read when it closed
}

// turn finds the changes of both sockets. A segment changes its sender's where it
// leaves, its receiver's where it arrives.
func (p *picture) turn() {
	var before [2][]analysis.Socket
	for n := range p.rows {
		r := &p.rows[n]
		for edge := range 2 {
			was, lost := before[edge], 0
			steps := r.steps
			if r.fold.LeftOut {
				steps = []int{r.fold.To - 1}
			}
			for _, i := range steps {
				st := &p.ladder.Steps[i]
				if st.Edge == edge {
					lost += p.lost(st)
				}
				if slices.EqualFunc(st.States[edge], before[edge], alike) {
					continue
				}
				t := turn{edge: edge, step: i, now: st.States[edge], lower: p.arrival(r, edge), lost: lost}
				before[edge] = t.now
				r.turns = slices.DeleteFunc(r.turns, func(o turn) bool { return o.edge == edge })
				if !slices.EqualFunc(t.now, was, alike) {
					t.fresh = names(was) != names(t.now)
					t.words = p.stateWords(&t, was)
					r.turns = append(r.turns, t)
				}
			}
		}
	}
}

// arrival is how far below a row a segment of it reaches an edge; 0 if none does.
func (p *picture) arrival(r *row, edge int) int {
	for _, i := range r.steps {
		if st := &p.ladder.Steps[i]; st.Kind == scene.Segment && st.Edge != edge && p.run.Notes[st.Segment.ID].Lost == "" {
			return slant
		}
	}
	return 0
}

func alike(a, b analysis.Socket) bool { return a.String() == b.String() }

// names are the states of TCP that a socket can be in.
func names(list []analysis.Socket) string {
	var out []string
	for _, s := range list {
		if name := shortName(s.State); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return strings.Join(out, " or ")
}

// shortName leaves out what is said in brackets.
func shortName(s analysis.State) string {
	name, _, _ := strings.Cut(s.String(), " (")
	return name
}

// stateWords says what a socket is: its state if that is another than before, the
// pending error, and what else there is to see of it.
func (p *picture) stateWords(t *turn, was []analysis.Socket) []label {
	var list []label
	x, room := p.band[t.edge].from+10, bandWidth-28
	if t.edge == 1 { // beside the wire stands what the kernel answers by itself
		x += 6
	}
	add := func(class, text string) {
		for _, line := range wrap(clean(text), smallSize, room, 2) {
			list = append(list, label{x: x, y: 14 + len(list)*13, size: smallSize, class: class, text: line})
		}
	}
	if t.fresh && len(t.now) > 0 {
		for _, line := range wrap(names(t.now), stateSize, room, 2) {
			list = append(list, label{x: x, y: 14 + len(list)*13, size: stateSize, class: "st", text: line})
		}
	}
	if e := pending(t.now); e != "" && e != pending(was) {
		add("pe", "⚑ "+e)
	}
	if more := detail(t.now); more != detail(was) || more != "" && t.fresh {
		if more == "" {
			more = "0 unread"
		}
		if t.lost > 0 {
			more = fmt.Sprintf("%d thrown away", t.lost)
		}
		add("dt", more)
	}
	return list
}

// lost is how many octets a close threw away unread, if a step is one.
func (p *picture) lost(st *scene.Step) int {
	if st.Call == nil {
		return 0
	}
	c, _ := p.run.Call(st.Call.ID)
	return c.Lost
}

// pending is the error that waits to be told, with a question mark if that is not
// sure.
func pending(list []analysis.Socket) string {
	var found string
	sure := true
	for i, s := range list {
		if i > 0 && s.Pending != list[0].Pending {
			sure = false
		}
		if s.Pending != "" {
			found = string(s.Pending)
		}
	}
	if found != "" && !sure {
		found += " ?"
	}
	return found
}

// detail is what else is seen of a socket of which there is no doubt.
func detail(list []analysis.Socket) string {
	if len(list) != 1 {
		return ""
	}
	s := list[0]
	var parts []string
	if s.Unread > 0 {
		parts = append(parts, fmt.Sprintf("%d unread", s.Unread))
	}
	return strings.Join(parts, ", ")
}

// drawStates draws the kernels' lanes, a piece for each state.
func (p *picture) drawStates() {
	for edge := range 2 {
		var open *item
		finish := func(y [axes]int) {
			if open != nil {
				open.to = y
				p.items = append(p.items, *open)
			}
		}
		for n := range p.rows {
			for _, t := range p.rows[n].turns {
				if t.edge != edge {
					continue
				}
				y := [axes]int{p.rows[n].y[order] + t.lower, p.rows[n].y[times] + t.lower}
				finish(y)
				open = p.stateItem(&t, y)
			}
		}
		finish([axes]int{p.body[order] - 8, p.body[times] - 8})
	}
}

// stateItem is the piece of a kernel's lane that begins at y.
func (p *picture) stateItem(t *turn, y [axes]int) *item {
	band := p.band[t.edge]
	it := &item{class: "state " + shade(t.now), key: fmt.Sprintf("k%d-%d", t.edge, t.step), steps: fmt.Sprint(t.step),
		from: y, bar: &bar{x: band.from + 3, w: bandWidth - 6, class: "s"}, words: t.words}
	var all []string
	for _, s := range t.now {
		all = append(all, s.String())
	}
	switch {
	case len(all) == 0:
		all = []string{"no socket"}
	case p.brief:
		all = []string{names(t.now)}
	}
	it.title = clean(fmt.Sprintf("%s kernel: %s", p.ladder.Names[t.edge], strings.Join(all, "; or ")))
	if t.fresh && len(t.now) > 0 {
		it.body = append(it.body, line("k", "M%d 0H%d", band.from+3, band.to-3))
	}
	if pending(t.now) != "" {
		it.class += " pending"
	}
	return it
}

// shade is the class of a state's colour: the stages of a connection's life.
func shade(list []analysis.Socket) string {
	if len(list) == 0 {
		return "none"
	}
	switch list[0].State {
	case analysis.Closed:
		return "shut"
	case analysis.Listen, analysis.SynSent, analysis.SynRecv:
		return "opening"
	case analysis.Established:
		return "open"
	}
	return "closing"
}
