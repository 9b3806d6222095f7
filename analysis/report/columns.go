package report

import (
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// widths are those of a ladder's columns. One space stands before the right
// edge.
type widths struct {
	clock    int    // with a space after it
	decimals int    // of the milliseconds
	gutter   int    // the lanes of the chains, with a space after them
	left     int    // with a space after it
	states   [2]int // with a space after the left one, before the right one; 0 for none
	stacked  bool   // the states stand below what the edges show
	wire     int
	right    int
	note     int  // what a segment did to its receiver, with two spaces before it; 0 for none
	brief    bool // bytes are counted in few letters
	labels   labels
}

const (
	leastEdge  = 9  // an edge is no narrower
	steadyEdge = 22 // of a run that is not over
	mostEdge   = 34 // nor wider than this for the sake of looks
	leastNote  = 34
	mostNote   = 64

	statesWidth = 100 // with less, the commonest state is named as ss(8) does
)

// columns shares the width out. The edges get what stands in them, the wire the
// rest; where that is too little for a number of each segment, the clock gives
// its decimals, and the edges what they can. Where it still is, the states have
// no columns of their own.
func (l *ladder) columns() *widths {
	states := l.stateColumns()
	w := l.share(states)
	least := l.labelled(0)
	if w.states != [2]int{} && l.short(w, least.room()) > 0 {
		w = l.share([2]int{})
		w.stacked = true
		w.left, w.right = max(w.left, states[0]+1), max(w.right, states[1])
	}
	l.squeeze(w)
	w.wire = l.rest(w)
	l.spread(w)
	w.labels = l.labelled(w.wire)
	w.brief = l.crowded(w)
	return w
}

// crowded reports whether something at an edge is too long to stand in a line.
func (l *ladder) crowded(w *widths) bool {
	return slices.ContainsFunc(l.rows, func(r row) bool {
		return r.seg != nil && lipgloss.Width(l.text(r.cells[0])) >= w.left || lipgloss.Width(l.text(r.cells[1])) > w.right
	})
}

// share is columns with so much for the states.
func (l *ladder) share(states [2]int) *widths {
	w := &widths{decimals: 3, gutter: l.chains.width(), states: states}
	w.clock = l.clockWidth(w.decimals) + 1
	need := l.needs()
	w.left, w.right = max(need.left, l.leastEdge()), max(need.right, l.leastEdge())
	least := l.labelled(0)
	for w.decimals > 1 && l.clockWidth(w.decimals) > 4 && (l.Width < DefaultWidth || l.States) && l.short(w, least.room()) > 0 {
		w.decimals--
		w.clock = l.clockWidth(w.decimals) + 1
	}
	l.narrow(w, least.room())
	return w
}

// leastEdge is how wide an edge is at least: where more is to come wide enough for
// most of that, so that nothing moves when it does.
func (l *ladder) leastEdge() int {
	if l.UnderWay {
		return steadyEdge
	}
	return leastEdge
}

// rest is what the other columns leave for the wire.
func (l *ladder) rest(w *widths) int {
	return l.Width - w.clock - w.gutter - w.left - w.states[0] - 1 - w.states[1] - w.right - w.note
}

// short is how many columns the wire lacks.
func (l *ladder) short(w *widths, wire int) int { return wire - l.rest(w) }

// narrow takes from the edges what the wire lacks, from the wider one first, but
// leaves each its longest word, and a part of the width.
func (l *ladder) narrow(w *widths, wire int) {
	share := max(leastEdge, (l.Width-w.clock-w.gutter-w.states[0]-w.states[1])/4)
	least := [2]int{max(share, l.longest(0)+1), max(share, l.longest(1))}
	if l.States {
		least = [2]int{max(leastEdge, l.longest(0)+1), max(leastEdge, l.longest(1))}
	}
	for l.short(w, wire) > 0 {
		switch {
		case w.right >= w.left && w.right > least[1]:
			w.right--
		case w.left > least[0]:
			w.left--
		case w.right > least[1]:
			w.right--
		default:
			return
		}
	}
}

// squeeze takes what it takes for a segment to be drawn at all, of whatever has
// most: a run of long names and many calls at a time in few columns.
func (l *ladder) squeeze(w *widths) {
	const wire, least = 20, 6
	for l.short(w, wire) > 0 {
		most := &w.left
		for _, column := range []*int{&w.right, &w.states[0], &w.states[1]} {
			if *column > *most {
				most = column
			}
		}
		if *most <= least {
			return
		}
		*most--
	}
}

// longest is the length of the longest word at an edge beside a segment, with
// what calls that wait need before it; no more than half of what is usual.
func (l *ladder) longest(edge int) (n int) {
	for i := range l.rows {
		r := &l.rows[i]
		if r.seg == nil && edge == 0 {
			continue
		}
		cell := l.text(r.cells[edge])
		rest := strings.TrimLeft(cell, l.wait+" ")
		for k, word := range strings.Fields(rest) {
			indent := lipgloss.Width(cell) - lipgloss.Width(rest)
			if k > 0 {
				indent += 2
			}
			n = max(n, indent+lipgloss.Width(word))
		}
	}
	return min(n, mostEdge/2)
}

// spread gives of what the wire has too much a column to what each segment did,
// if there is room for words, and the rest to the edges.
func (l *ladder) spread(w *widths) {
	comfortable := l.measured(labelParts, false)
	comfortable.gap = 3
	wire := max(comfortable.room()+4, 40)
	if spare := w.wire - wire - 2; spare >= leastNote && !l.States {
		w.note = min(spare, mostNote) + 2
		w.wire -= w.note
	}
	for w.wire > wire && (w.left < mostEdge || w.right < mostEdge) {
		if w.left < mostEdge {
			w.left++
			w.wire--
		}
		if w.right < mostEdge {
			w.right++
			w.wire--
		}
	}
}

// needs returns what the edges would have to be wide.
func (l *ladder) needs() (need widths) {
	names := l.Names
	need.left, need.right = lipgloss.Width(l.text(string(names[0])))+1, lipgloss.Width(l.text(string(names[1])))
	need.left, need.right = min(need.left, 20), min(need.right, 20)
	for i := range l.rows {
		r := &l.rows[i]
		if r.seg != nil {
			need.left = max(need.left, lipgloss.Width(l.text(r.cells[0]))+1)
		}
		need.right = max(need.right, lipgloss.Width(l.text(r.cells[1])))
	}
	return need
}

// clockWidth is the width of the longest time, with a space before it where
// there is room.
func (l *ladder) clockWidth(decimals int) int {
	n := 4
	for i := range l.rows {
		n = max(n, len(l.clock(l.rows[i].at, decimals)))
	}
	if l.Width >= DefaultWidth && (!l.States || l.Width >= statesWidth) {
		n++
	}
	return n
}

// blank is a line's worth of spaces up to the left edge.
func (w *widths) blank() string { return strings.Repeat(" ", w.clock+w.gutter) }
