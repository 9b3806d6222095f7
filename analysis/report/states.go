package report

import (
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/scene"
)

// standing says in lines what a kernel's socket is: its state, and below it the
// error that waits for a call, with a question mark if it may as well not. Where
// two states are possible it names both, where more are it says so.
func (l *ladder) standing(sockets []analysis.Socket) []string {
	var names, errs []string
	all := true
	for _, s := range sockets {
		if name := l.stateName(s.State); !slices.Contains(names, name) {
			names = append(names, name)
		}
		if e := string(s.Pending); e != "" && !slices.Contains(errs, e) {
			errs = append(errs, e)
		}
		all = all && s.Pending == sockets[0].Pending
	}
	switch len(names) {
	case 0:
		return nil
	case 2:
		names[0] += " or"
	case 1:
	default:
		return []string{"unknown"}
	}
	for _, e := range errs {
		if !all {
			e += "?"
		}
		names = append(names, l.cross+" "+e)
	}
	return names
}

// stateName is the name of a state. What keeps a socket in FIN_WAIT2 is no state
// of its own.
func (l *ladder) stateName(s analysis.State) string {
	if s == analysis.Established && l.Width < statesWidth {
		return "ESTAB"
	}
	name, _, _ := strings.Cut(s.String(), " (")
	return name
}

// stand sets what each row shows of the kernels: where it changes, in the
// connection that the row is about.
func (l *ladder) stand() {
	shown := make(map[endpoints][2][]string)
	for i := range l.rows {
		r := &l.rows[i]
		before := shown[r.conn]
		now := before
		for edge := range now {
			now[edge] = l.standing(r.sockets[edge])
			if slices.Equal(now[edge], before[edge]) {
				continue
			}
			if r.states[edge] = now[edge]; now[edge] == nil {
				r.states[edge] = []string{"-"}
			}
		}
		shown[r.conn] = now
	}
}

// pair names the connection of a step, the same for both directions. A call that
// has none, or is a library's, is shown with that of the row before it.
func (l *ladder) pair(st *scene.Step) endpoints {
	var c endpoints
	switch {
	case st.Segment != nil:
		c = endpoints{st.Segment.Src, st.Segment.Dst}
	case st.Call.Remote.IsValid() && !st.Call.Op.Library():
		c = endpoints{st.Call.Local, st.Call.Remote}
	case len(l.rows) > 1 && l.rows[len(l.rows)-1].conn == endpoints{}:
		return l.rows[len(l.rows)-2].conn
	default:
		return l.rows[len(l.rows)-1].conn
	}
	if c.src.Compare(c.dst) > 0 {
		c.src, c.dst = c.dst, c.src
	}
	return c
}

// stateColumns returns how wide the columns of the states have to be, with a
// space.
func (l *ladder) stateColumns() (width [2]int) {
	for i := range l.rows {
		for edge, lines := range l.rows[i].states {
			for _, t := range lines {
				width[edge] = max(width[edge], lipgloss.Width(t)+1)
			}
		}
	}
	return width
}
