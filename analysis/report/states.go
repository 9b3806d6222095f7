package report

import (
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/rstwatch/rstwatch/analysis"
)

// standing says in lines what a kernel's socket is: its state, and below it the
// error that waits for a call. Where two states are possible it names both,
// where more are it says so.
func (l *ladder) standing(sockets []analysis.Socket) []string {
	var all [][]string
	for _, s := range sockets {
		name, _, _ := strings.Cut(s.State.String(), " (") // what keeps it is no state of its own
		one := []string{name}
		if s.Pending != "" {
			one = append(one, l.cross+" "+string(s.Pending))
		}
		if !slices.ContainsFunc(all, func(o []string) bool { return slices.Equal(o, one) }) {
			all = append(all, one)
		}
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	case 2:
		return append([]string{all[0][0] + " or"}, append(all[0][1:], all[1]...)...)
	}
	return []string{"unknown"}
}

// stand sets what each row shows of the kernels: where it changes.
func (l *ladder) stand() {
	var shown [2][]string
	for i := range l.rows {
		r := &l.rows[i]
		for edge := range shown {
			now := l.standing(r.sockets[edge])
			if slices.Equal(now, shown[edge]) {
				continue
			}
			if r.states[edge] = now; now == nil {
				r.states[edge] = []string{"-"}
			}
			shown[edge] = now
		}
	}
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
