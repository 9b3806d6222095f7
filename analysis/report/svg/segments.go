package svg

import (
	"fmt"
	"strings"

	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/capture"
)

// segmentPlace is where a segment is drawn.
type segmentPlace struct{ step, row int }

// arrow is the way of a segment over the wire.
type arrow struct {
	from, to   int // x
	dir        int // 1 to the right
	fall       int // how much lower it ends
	lost, icmp bool
}

// The parts of the wire, in hundredths, that a lost segment comes to, and that an
// ICMP error skips.
const (
	lostAt  = 78
	routerA = 22
)

func (p *picture) arrow(st *scene.Step) arrow {
	a := arrow{from: p.brink(st.Edge), to: p.brink(1 - st.Edge), dir: inward(st.Edge), fall: slant,
		lost: p.run.Notes[st.Segment.ID].Lost != "", icmp: st.Segment.ICMP.Is()}
	if a.icmp {
		a.from += a.dir * wireWidth * routerA / 100
	}
	if a.lost {
		a.to = a.from + a.dir*wireWidth*lostAt/100
		a.fall = slant * lostAt / 100
	}
	return a
}

// y is how far below its beginning the arrow is at x.
func (a *arrow) y(x int) int { return a.fall * (x - a.from) / (a.to - a.from) }

// turn is the arrow's slope, in degrees, of a text that reads from the left.
func (a *arrow) turn() float64 {
	const degrees = 57.3
	return float64(a.fall) / float64(a.to-a.from) * degrees
}

// segmentWords labels a segment with as much as has room, what tells most first.
func (p *picture) segmentWords(st *scene.Step) []label {
	a := p.arrow(st)
	room := max(a.from, a.to) - min(a.from, a.to) - 44
	mid := (a.from + a.to - a.dir*8) / 2
	l := label{x: mid, y: a.y(mid) - 4, size: wireSize, anchor: middle, styled: true, turn: a.turn()}
	if p.boxed(st.Segment) {
		l.y -= 2
	}
	if p.chain[st.Item()] { // it is lit, and takes more room
		l.y -= 2
	}
	l.text, l.mark = numbers(st, room)
	if !a.icmp {
		return []label{l}
	}
	router := label{y: 4, size: smallSize, anchor: middle, styled: true, class: "dt", text: "network"}
	router.x = a.from - a.dir*(12+measure(router.text, smallSize)/2)
	return []label{l, router}
}

// boxed reports whether a segment's label stands in a box: those that end
// something.
func (p *picture) boxed(s *capture.Segment) bool {
	return !s.ICMP.Is() && s.Flags&(capture.FIN|capture.RST) != 0
}

// numbers names a segment, and says its relative numbers.
func numbers(st *scene.Step, room int) (name, more string) {
	s := st.Segment
	if s.ICMP.Is() {
		for _, t := range []string{fmt.Sprintf("#%d %s", s.ID, s.ICMP), fmt.Sprintf("#%d ICMP %s", s.ID, s.ICMP.Meaning())} {
			if t = clean(t); measure(t, wireSize) <= room {
				return t, ""
			}
		}
		return fmt.Sprintf("#%d ICMP %d/%d", s.ID, s.ICMP.Type, s.ICMP.Code), ""
	}
	name = fmt.Sprintf("#%d %s", s.ID, s.Flags)
	var parts []string
	if !s.Flags.Has(capture.SYN) {
		parts = append(parts, fmt.Sprintf("seq %d", st.Seq))
	}
	if s.Flags.Has(capture.ACK) {
		parts = append(parts, fmt.Sprintf("ack %d", st.Ack))
	}
	if s.Len > 0 {
		parts = append(parts, fmt.Sprintf("len %d", s.Len))
	}
	for len(parts) > 0 && measure(name+" "+strings.Join(parts, " "), wireSize) > room {
		parts = parts[:len(parts)-1]
	}
	return fit(name, wireSize, room), strings.Join(parts, " ")
}

// drawSegment draws the arrow of a step.
func (p *picture) drawSegment(i int) {
	st := &p.ladder.Steps[i]
	s, a := st.Segment, p.arrow(st)
	y := p.rows[p.sent[s.ID].row].y
	it := item{class: "segment", key: fmt.Sprintf("s%d", s.ID), steps: fmt.Sprint(i), title: p.segmentTitle(st),
		from: y, to: y, words: p.segmentWords(st)}
	for _, c := range []struct {
		is   bool
		name string
	}{
		{a.icmp, " icmp"}, {!a.icmp && s.Flags.Has(capture.RST), " rst"}, {!a.icmp && s.Flags.Has(capture.FIN), " fin"},
		{a.lost, " lost"}, {p.chain[st.Item()], " chain"},
	} {
		if c.is {
			it.class += c.name
		}
	}
	if p.chain[st.Item()] {
		it.body = append(it.body, line("g", "M%d 0L%d %d", a.from, a.to, a.fall))
	}
	it.body = append(it.body, a.shapes(s)...)
	if p.boxed(s) {
		it.body = append(it.body, box(&it.words[0]))
	}
	p.items = append(p.items, it)
}

// shapes draws the arrow: that of a FIN is double and ends at a bar, that of a
// RST heavy and ends in a stop sign, that of an ICMP error dashed and begins at
// a router; one that was lost ends in a cross.
func (a *arrow) shapes(s *capture.Segment) []string {
	var list []string
	x, y := a.to, a.fall
	back := func(n int) int { return a.to - a.dir*n }
	switch {
	case a.icmp:
		list = append(list, line("h", "M%d -6l7 6l-7 6l-7 -6z", a.from), line("l", "M%d 0L%d %d", a.from, back(8), y))
	case s.Flags.Has(capture.RST):
		list = append(list, line("l", "M%d 0L%d %d", a.from, back(10), y))
	case s.Flags.Has(capture.FIN):
		list = append(list, line("l", "M%d -2L%d %dM%[1]d 2L%[2]d %[4]d", a.from, back(10), y-2, y+2))
	default:
		list = append(list, line("l", "M%d 0L%d %d", a.from, back(6), y))
	}
	switch {
	case a.lost:
		return append(list, line("x", "M%d %dl12 12m0 -12l-12 12", x-6, y-6))
	case !a.icmp && s.Flags.Has(capture.RST):
		return append(list, line("h", "M%d %dh6l4 4v6l-4 4h-6l-4 -4v-6z", back(8)-3, y-7), line("w", "M%d %dl6 6m0 -6l-6 6", back(8)-3, y-3))
	case !a.icmp && s.Flags.Has(capture.FIN):
		return append(list, line("h", "M%d %dl%d -6v12z", back(3), y, -a.dir*11), line("e", "M%d %dv16", back(1), y-8))
	}
	return append(list, line("h", "M%d %dl%d -5v10z", x, y, -a.dir*10))
}

// box stands behind a label.
func box(l *label) string {
	left, top, right, bottom := l.box()
	return fmt.Sprintf(`<rect class="p" x="%d" y="%d" width="%d" height="%d" rx="3" transform="rotate(%.2g %d %d)"/>`,
		left-3, top-1, right-left+6, bottom-top+2, l.turn, l.x, l.y)
}

// segmentTitle tells all of a segment in a line.
func (p *picture) segmentTitle(st *scene.Step) string {
	s, n := st.Segment, p.run.Notes[st.Segment.ID]
	from, to := p.ladder.Names[st.Edge], p.ladder.Names[1-st.Edge]
	var parts []string
	if s.ICMP.Is() {
		parts = append(parts, fmt.Sprintf("#%d %s, sent by %s to the %s", s.ID, s.ICMP, s.ICMP.From, to))
	} else {
		parts = append(parts, fmt.Sprintf("#%d %s from the %s", s.ID, s.Flags, from), fmt.Sprintf("seq %d", st.Seq))
		if s.Flags.Has(capture.ACK) {
			parts = append(parts, fmt.Sprintf("ack %d", st.Ack))
		}
		parts = append(parts, scene.Octets(s.Len), fmt.Sprintf("window %d", s.Window))
	}
	if p.brief {
		return clean(strings.Join(parts, "; "))
	}
	if n.Lost != "" {
		parts = append(parts, "lost: "+n.Lost)
	}
	if n.Effect != "" {
		parts = append(parts, n.Effect)
	}
	if len(n.Reasons) > 0 {
		parts = append(parts, "reason "+scene.Reasons(n.Reasons))
	}
	return clean(strings.Join(parts, "; "))
}
