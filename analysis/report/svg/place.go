package svg

import (
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/analysis/scene"
)

const (
	leastStep = 26  // between rows
	between   = 3   // the least between texts of two rows
	mostStep  = 170 // of the axis of time
	cutStep   = 64  // for a silence that was cut short
	// A silence is cut short if it is so many times as long as the next shorter.
	dwarfs = 8
)

// The columns in which texts of different rows can meet.
const (
	clockColumn = iota
	leftColumn
	leftKernel
	wireColumn
	rightKernel
	rightColumn
	columns
)

// column returns where a text stands.
func (l *lanes) column(x int) int {
	for i, from := range []int{l.app[0].from, l.band[0].from, l.wire.from, l.band[1].from, l.app[1].from} {
		if x < from {
			return i
		}
	}
	return rightColumn
}

// kernelColumn is the one of an edge's kernel.
func kernelColumn(edge int) int { return leftKernel + edge*(rightKernel-leftKernel) }

// reach is how far a row's texts reach above and below it, by column.
type reach [columns]struct{ top, bottom int }

func (r *reach) add(column, top, bottom int) {
	c := &r[column]
	if *c == (struct{ top, bottom int }{}) {
		c.top, c.bottom = top, bottom
		return
	}
	c.top, c.bottom = min(c.top, top), max(c.bottom, bottom)
}

// reachOf measures a row.
func (p *picture) reachOf(r *row) (out reach) {
	for i := range r.words {
		l := &r.words[i]
		left, top, right, bottom := l.box()
		lean := 0 // of a text that is turned
		if l.turn != 0 {
			lean = (right-left)*slant/(2*wireWidth) + 1
		}
		out.add(p.column((left+right)/2), top-lean, bottom+lean)
	}
	for _, t := range r.turns {
		out.add(kernelColumn(t.edge), t.lower, t.lower+1)
		for i := range t.words {
			_, top, _, bottom := t.words[i].box()
			out.add(kernelColumn(t.edge), t.lower+top, t.lower+bottom)
		}
	}
	for _, i := range r.steps {
		if p.ladder.Steps[i].Kind == scene.Segment {
			out.add(wireColumn, -2, slant)
		}
		if st := &p.ladder.Steps[i]; p.chain[st.Item()] { // a cause may be drawn through the kernels
			for edge := range 2 {
				out.add(kernelColumn(edge), -4, slant+4)
			}
		}
	}
	return out
}

// place gives every row its height on an axis, and returns that of the drawing.
func (p *picture) place(axis int) int {
	var bottom [columns]int
	for i := range bottom {
		bottom[i] = headHeight
	}
	y := headHeight - 8
	gaps := p.silences()
	for i := range p.rows {
		r := &p.rows[i]
		reach, least := p.reachOf(r), y+leastStep
		if axis == times && i > 0 {
			least = y + gaps[i].step
		}
		for c := range reach {
			least = max(least, bottom[c]+between-reach[c].top)
		}
		y = least
		r.y[axis] = y
		for c := range reach {
			bottom[c] = max(bottom[c], y+reach[c].bottom)
		}
	}
	return slices.Max(append(bottom[:], y+slant)) + 16
}

// silence is the time between a row and the one before it.
type silence struct {
	length time.Duration
	step   int  // how far apart the rows are to stand on the axis of time
	cut    bool // that is not to scale
}

// silences sets the scale of the axis of time: the longest silence that does not
// dwarf the others is as long as can be.
func (p *picture) silences() []silence {
	list := make([]silence, len(p.rows))
	var sorted []time.Duration
	for i := 1; i < len(p.rows); i++ {
		if at := p.rows[i].at; !at.IsZero() {
			list[i].length = max(at.Sub(p.rows[i-1].at), 0)
			sorted = append(sorted, list[i].length)
		}
	}
	slices.Sort(sorted)
	n := len(sorted)
	for n > 1 && sorted[n-1] > dwarfs*sorted[n-2] && sorted[n-1] > time.Millisecond {
		n--
	}
	var longest time.Duration
	if n > 0 {
		longest = sorted[n-1]
	}
	for i := range list {
		s := &list[i]
		switch {
		case s.length > longest:
			s.cut, s.step = true, cutStep
		case longest > 0:
			s.step = int(int64(mostStep) * int64(s.length) / int64(longest))
		}
		s.step = max(s.step, leastStep)
	}
	return list
}
