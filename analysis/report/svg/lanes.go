package svg

// The measures of a drawing, in its own units; it is meant to be seen at about a
// pixel a unit, or larger.
const (
	clockWidth = 66
	labelWidth = 172 // of the calls' words
	bandWidth  = 124 // of a kernel
	wireWidth  = 384
	gutter     = 14 // between a kernel and the calls, where causes are drawn
	laneWidth  = 10 // of one call among several at once
	barWidth   = 7
	margin     = 8
	headHeight = 52
	slant      = 12 // how much lower a segment arrives

	callSize  = 12 // of fonts
	wireSize  = 11
	stateSize = 11
	smallSize = 10
	roleSize  = 14
)

// span is the room of a lane, from left to right.
type span struct{ from, to int }

func (s span) middle() int { return (s.from + s.to) / 2 }

// lanes says where the lanes stand. Edge 0 is at the left.
type lanes struct {
	app, band [2]span
	wire      span
	width     int
	at        [2]int // how many calls stand side by side at each edge
}

// lanesFor makes room for so many calls at once at each edge.
func lanesFor(calls [2]int) *lanes {
	l := &lanes{at: calls}
	x := clockWidth
	take := func(w int) span {
		s := span{x, x + w}
		x += w
		return s
	}
	app := func(edge int) span {
		return take(margin + labelWidth + margin + laneWidth*max(calls[edge], 1) + gutter)
	}
	l.app[0] = app(0)
	l.band[0] = take(bandWidth)
	l.wire = take(wireWidth)
	l.band[1] = take(bandWidth)
	l.app[1] = app(1)
	l.width = x
	return l
}

// inward is 1 where the wire is to the right of an edge's application.
func inward(edge int) int { return 1 - 2*edge }

// bar is the left side of a call's bar in one of the places of its application;
// place 0 is next to the kernel.
func (l *lanes) bar(edge, place int) int {
	near := gutter + laneWidth*place + (laneWidth-barWidth)/2
	if edge == 0 {
		return l.app[0].to - near - barWidth
	}
	return l.app[1].from + near
}

// words is where the words of calls end at the left edge, begin at the right.
func (l *lanes) words(edge int) int {
	far := gutter + laneWidth*max(l.at[edge], 1) + margin
	if edge == 0 {
		return l.app[0].to - far
	}
	return l.app[1].from + far
}

// cause is where the causes of calls run from one row to another.
func (l *lanes) cause(edge int) int {
	if edge == 0 {
		return l.app[0].to - gutter/2
	}
	return l.app[1].from + gutter/2
}

// brink is where the wire begins at an edge.
func (l *lanes) brink(edge int) int {
	if edge == 0 {
		return l.wire.from
	}
	return l.wire.to
}
