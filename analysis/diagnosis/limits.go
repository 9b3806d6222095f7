package diagnosis

import (
	"fmt"

	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
)

// unknown says what the capture does not show, and what that hides.
func (x *examiner) unknown() {
	c := &x.Connection
	add := func(format string, a ...any) { x.Unknown = append(x.Unknown, fmt.Sprintf(format, a...)) }
	if c.Midway {
		add("the connection began before the capture: window scale, SACK and timestamps are not known, and so not for certain " +
			"whether a RST was exact; who called whom is told by the ports")
	}
	if c.OneWay {
		add("only what the %s sent was captured: what the other side answered, and whether it acknowledged, is told by the "+
			"acknowledgements alone", survey.SideName(x.speaker()))
	}
	if x.Decisive == 0 && x.stands() {
		add("how it went on: the capture ends, or the connection was idle to its end")
	}
	if x.LeftOut > 0 {
		add("%d segments in the middle of a long connection were not looked at here", x.LeftOut)
	}
	cut, fragments := 0, 0
	for i := range x.segments() {
		s := &x.segments()[i]
		if s.Len > 0 && len(s.Frame.Data) > 0 && len(s.Frame.Data) < min(s.Frame.Wire, keepOctets) {
			cut++
		}
		if s.Fragment {
			fragments++
		}
	}
	if cut > 0 {
		add("%s cut short by the snap length: what was said is known in part, and no checksum can be verified", counted(cut, "segment was", "segments were"))
	}
	if fragments > 0 {
		add("%s the first fragment of a larger datagram: the rest of it is not counted", counted(fragments, "segment is", "segments are"))
	}
	for side := range x.sides {
		if missing := x.missing(side); missing && !c.OneWay {
			add("the capture lacks segments of the %s that the other side has acknowledged", survey.SideName(side))
		}
	}
}

// speaker returns the side of which there are segments.
func (x *examiner) speaker() int {
	if x.Connection.Sides[Client].Packets == 0 {
		return Server
	}
	return Client
}

// stands reports whether the connection had been opened.
func (x *examiner) stands() bool {
	return x.Connection.Midway || x.sides[Client].syn != nil && x.sides[Server].syn != nil
}

// missing reports whether a side's octets were acknowledged that were not
// captured.
func (x *examiner) missing(side int) bool {
	p := &x.sides[side]
	edge := p.edge
	if p.fin != nil {
		edge = p.fin.End()
	}
	if p.opened && p.hasAck && p.acked.After(edge) {
		return true
	}
	for i := range x.turns {
		if t := &x.turns[i]; t.side == side && !t.whole && !(x.Connection.Midway && t.first == x.firstData(side)) && !(x.LeftOut > 0) {
			return true
		}
	}
	return false
}

// firstData returns the first segment with payload of a side.
func (x *examiner) firstData(side int) *capture.Segment {
	for i := range x.segments() {
		if s := &x.segments()[i]; s.Len > 0 && !s.ICMP.Is() && x.side(s) == side {
			return s
		}
	}
	return nil
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
