package report

import (
	"fmt"
	"time"

	"github.com/rstwatch/rstwatch/capture"
)

// A ladder of more rows than foldAbove keeps the first and the last of them, and
// between them those that begin, end or break something, and the calls, unless
// they are many.
const (
	foldAbove = 48
	foldHead  = 8
	foldTail  = 16
	foldKept  = 16
	foldCalls = 32
)

// A silence gets a row of its own: if it is long, or if it is most of what there
// is and no matter of microseconds.
const (
	longPause  = time.Second
	shortPause = 100 * time.Millisecond
)

// gap is where something was left out of a ladder before it was drawn.
type gap struct {
	before  int // the segment before which it was, by ID; 0 for none
	leftOut int // segments
}

// fold draws a row instead of many in the middle of a long ladder, one for what
// was left out already, and one for each long pause.
func (l *ladder) fold(g gap) {
	keep := l.kept()
	var rows []row
	var last *row
	add := func(text string) {
		r := row{fold: text}
		if last != nil {
			r.waits, r.sockets, r.conn = last.waits, last.sockets, last.conn
		}
		rows = append(rows, r)
	}
	isGap := func(r *row) bool { return g.before != 0 && r.seg != nil && r.seg.ID == g.before }
	for i := 0; i < len(l.rows); {
		r := &l.rows[i]
		if isGap(r) {
			add(fmt.Sprintf("%s left out", count(uint64(g.leftOut), "segment")))
			last = nil
		}
		if keep[i] {
			if last != nil && !r.at.IsZero() && !l.UnderWay && l.long(r.at.Sub(last.at)) {
				add(l.duration(r.at.Sub(last.at)) + " of silence")
			}
			rows = append(rows, *r)
			last = r
			i++
			continue
		}
		n := i
		for n < len(l.rows) && !keep[n] && (n == i || !isGap(&l.rows[n])) {
			n++
		}
		last = &l.rows[n-1]
		add(l.folded(l.rows[i:n]))
		i = n
	}
	l.rows = rows
}

// long reports whether a pause deserves a row.
func (l *ladder) long(pause time.Duration) bool {
	if pause >= longPause || pause < shortPause {
		return pause >= longPause
	}
	first, last := time.Time{}, time.Time{}
	for i := range l.rows {
		if at := l.rows[i].at; !at.IsZero() {
			if first.IsZero() {
				first = at
			}
			last = at
		}
	}
	return pause >= last.Sub(first)/4
}

// folded says what stands behind a row.
func (l *ladder) folded(rows []row) string {
	var octets [2]int
	segments, calls := 0, 0
	for i := range rows {
		if s := rows[i].seg; s != nil {
			segments++
			if !s.ICMP.Is() {
				octets[rows[i].step.Edge] += s.Len
			}
		}
		for _, id := range rows[i].calls {
			if id != 0 {
				calls++
			}
		}
	}
	t := count(uint64(segments), "segment")
	if calls > 0 {
		t += ", " + count(uint64(calls), "call")
	}
	t += " in " + l.duration(rows[len(rows)-1].at.Sub(rows[0].at))
	for i, n := range octets {
		if n > 0 {
			t += fmt.Sprintf(", %d octets from the %s", n, l.text(string(l.Names[i])))
		}
	}
	return t
}

// kept returns the rows that are drawn.
func (l *ladder) kept() map[int]bool {
	keep := make(map[int]bool, len(l.rows))
	all, calls := len(l.rows) <= foldAbove || l.Verbose, 0
	for i := range l.rows {
		if l.rows[i].calls != [2]int{} {
			calls++
		}
	}
	special := 0
	for i := range l.rows {
		r := &l.rows[i]
		s := r.seg
		switch {
		case all, i < foldHead, i >= len(l.rows)-foldTail, r.fault != [2]bool{}:
			keep[i] = true
		case r.calls != [2]int{} && (calls <= foldCalls || l.chained(r)):
			keep[i] = true
		case s == nil:
		case l.Run.Notes[s.ID].Decisive:
			keep[i] = true
		case l.remarkable(s) && special < foldKept:
			keep[i] = true
			special++
		}
	}
	for i := range l.rows { // a row is no shorter than what it stands for
		if !keep[i] && keep[i-1] && i+1 < len(l.rows) && keep[i+1] {
			keep[i] = true
		}
	}
	return keep
}

// remarkable reports whether a segment is more than data and its acknowledgement.
func (l *ladder) remarkable(s *capture.Segment) bool {
	return s.Flags&(capture.SYN|capture.FIN|capture.RST) != 0 || s.ICMP.Is() || s.Window == 0 || l.Run.Notes[s.ID].Lost != ""
}

// chained reports whether a call of the row belongs to the chain of a verdict.
func (l *ladder) chained(r *row) bool {
	for i := range l.Run.Verdicts {
		for _, link := range l.Run.Verdicts[i].Chain {
			if link.Event != 0 && (link.Event == r.calls[0] || link.Event == r.calls[1]) {
				return true
			}
		}
	}
	return false
}
