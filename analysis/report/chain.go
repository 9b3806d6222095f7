package report

import (
	"maps"
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// thread is what runs down the ladder beside a chain of causes: from the row in
// which it began to the call that got the error.
type thread struct {
	rows  []int // those of the chain, in order
	calls map[int]bool
	cause int  // the segment that all calls of it blame in the end
	fault bool // an error, not the end of a stream
}

func (t *thread) first() int { return t.rows[0] }
func (t *thread) last() int  { return t.rows[len(t.rows)-1] }

// chains are the threads of a ladder, in lanes.
type chains struct{ lanes [][]thread }

// mostLanes is how many chains are drawn beside each other: with more, none can
// be followed.
const mostLanes = 3

// width is that of the lanes, with a space behind them.
func (c *chains) width() int {
	if len(c.lanes) == 0 {
		return 0
	}
	return len(c.lanes) + 1
}

// threads finds the rows of each verdict's chain: those of the errors, and if
// there is none those of the ends of streams. Verdicts that blame the same
// segment share a thread.
func (l *ladder) threads() (list []thread) {
	at := l.places()
	errs := slices.ContainsFunc(l.Run.Verdicts, func(v analysis.Verdict) bool { return v.Fault != scenario.EOF })
	for i := range l.Run.Verdicts {
		v := &l.Run.Verdicts[i]
		if errs && v.Fault == scenario.EOF || v.Outcome == analysis.Unexplained {
			continue
		}
		if t := threaded(v.Chain, at); len(t.rows) > 1 {
			t.fault = v.Fault != scenario.EOF
			list = append(list, t)
		}
	}
	for _, chain := range l.blames {
		if t := threaded(chain, at); len(t.rows) > 1 {
			t.fault = true
			list = append(list, t)
		}
	}
	return joined(list)
}

// places returns the rows of each call and each segment.
func (l *ladder) places() map[analysis.Link][]int {
	at := make(map[analysis.Link][]int)
	for i := range l.rows {
		r := &l.rows[i]
		if r.seg != nil {
			id := analysis.Link{Segment: r.seg.ID}
			at[id] = append(at[id], i)
		}
		for _, ev := range r.calls {
			if id := (analysis.Link{Event: ev}); ev != 0 {
				at[id] = append(at[id], i)
			}
		}
	}
	return at
}

// threaded finds the rows of a chain. Of a call's interval a cause stands where
// it begins, a result where it ends.
func threaded(chain []analysis.Link, at map[analysis.Link][]int) thread {
	t := thread{calls: make(map[int]bool), cause: lastSegment(chain)}
	for n, link := range chain {
		has := at[analysis.Link{Event: link.Event, Segment: link.Segment}]
		if len(has) == 0 {
			continue
		}
		row := has[0]
		if len(t.rows) > 0 && row < t.rows[len(t.rows)-1] || n == len(chain)-1 {
			row = has[len(has)-1]
		}
		t.rows = append(t.rows, row)
		if link.Event != 0 {
			t.calls[link.Event] = true
		}
	}
	slices.Sort(t.rows)
	t.rows = slices.Compact(t.rows)
	return t
}

// lastSegment is the segment of a chain that is nearest to its call, 0 if it has
// none.
func lastSegment(chain []analysis.Link) int {
	for _, link := range slices.Backward(chain) {
		if link.Segment != 0 {
			return link.Segment
		}
	}
	return 0
}

// joined puts the threads of one cause together.
func joined(list []thread) (all []thread) {
	for _, t := range list {
		n := slices.IndexFunc(all, func(o thread) bool { return o.cause == t.cause && t.cause != 0 })
		if n < 0 {
			all = append(all, t)
			continue
		}
		all[n].rows = append(all[n].rows, t.rows...)
		maps.Copy(all[n].calls, t.calls)
		slices.Sort(all[n].rows)
		all[n].rows = slices.Compact(all[n].rows)
	}
	slices.SortStableFunc(all, func(a, b thread) int { return a.first() - b.first() })
	return all
}

// laid lays threads in as few lanes as they need.
func laid(list []thread) (lanes [][]thread) {
	for _, t := range list {
		n := slices.IndexFunc(lanes, func(lane []thread) bool { return lane[len(lane)-1].last() < t.first() })
		switch {
		case n >= 0:
			lanes[n] = append(lanes[n], t)
		case len(lanes) < mostLanes:
			lanes = append(lanes, []thread{t})
		}
	}
	return lanes
}

// member reports whether a call belongs to a chain that is drawn, and has its
// place there in this row.
func (c *chains) member(row, call int) bool {
	return slices.ContainsFunc(c.lanes, func(lane []thread) bool {
		return slices.ContainsFunc(lane, func(t thread) bool { return t.calls[call] && slices.Contains(t.rows, row) })
	})
}

// gutter draws the lanes beside a row, or beside what it has in further lines.
func (l *ladder) gutter(row int, begins bool) string {
	if len(l.chains.lanes) == 0 {
		return ""
	}
	var b strings.Builder
	for _, lane := range slices.Backward(l.chains.lanes) {
		glyph, paint := " ", l.plain
		for i := range lane {
			t := &lane[i]
			if row < t.first() || row > t.last() || row == t.last() && !begins {
				continue
			}
			paint = l.fin
			if t.fault {
				paint = l.fault
			}
			switch {
			case !begins:
				glyph = l.runs
			case row == t.first():
				glyph = l.begins
			case row == t.last():
				glyph = l.finishes
			case slices.Contains(t.rows, row):
				glyph = l.passes
			default:
				glyph = l.runs
			}
		}
		if glyph != " " {
			glyph = paint.Render(glyph)
		}
		b.WriteString(glyph)
	}
	return b.String() + " "
}
