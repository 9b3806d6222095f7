package diagnosis

import (
	"fmt"

	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
)

// Situations in which a RST answers a segment: its sender has no such connection
// (any more).

// notItsOwn: the socket in whose name a RST came goes on.
func (x *examiner) notItsOwn() (Situation, bool) {
	if x.Forged != NotItsOwn || !x.ended() {
		return Situation{}, false
	}
	r := x.reset
	s := Situation{Name: "reset by something between", Says: fmt.Sprintf("#%d came in the %s's name, but the %s goes on as if it had sent none: "+
		"something between sent it", r.Frame, survey.SideName(r.Side), survey.SideName(r.Side)),
		Causes: []string{"a firewall or NAT gateway that has forgotten the connection, or does not want it (an idle timeout: the connection had been idle for " +
			short(x.Idle.For) + ")", "somebody forged it"},
		Measure: x.captureAt(r.Side, "the RST does not leave there; go on from hop to hop: who sent it sits where it is first seen")}
	if r.Provoker == 0 {
		s.Causes[0], s.Causes[1] = "somebody forged it", "a firewall or an intrusion prevention system ends the connection in both sides' names"
	}
	if x.Idle.Long {
		s.Name = "idle-timeout reset"
		s.Says += fmt.Sprintf("; the connection had been idle for %s, as long as gateways wait before they forget one", short(x.Idle.For))
	}
	return s, true
}

// harmless: a RST after both FINs, or to the close_notify of a client that was
// closing.
func (x *examiner) harmless() (Situation, bool) {
	if x.reset == nil {
		return Situation{}, false
	}
	rst := x.segment(x.reset.Frame)
	if p := x.segment(x.reset.Provoker); !x.bothFINs() {
		if p == nil || p.Len == 0 || x.closedBefore(x.reset.Side) == nil || !x.lastWords(p) || capture.Payload(p.Frame)[0] != 21 {
			return Situation{}, false
		}
		return Situation{Name: "harmless reset", Says: fmt.Sprintf("the %s had closed (#%d FIN); the %s's TLS said goodbye all the same (#%d, close_notify), and a RST answered: "+
			"nothing was lost by it", survey.SideName(x.reset.Side), x.closedBefore(x.reset.Side).ID, survey.SideName(1-x.reset.Side), p.ID)}, true
	}
	second := x.sides[Server].fin
	if first := x.sides[Client].fin; first.ID > second.ID {
		second = first
	}
	p := x.segment(x.reset.Provoker)
	closing := p != nil && p.Src == second.Src && (p == second || p.ID < second.ID || p.Len == 0)
	switch {
	case rst.ID > second.ID && (p == nil || p.Len == 0 || p.ID >= second.ID || x.lastWords(p)):
	case closing && (p.Len == 0 || x.lastWords(p)):
	default:
		return Situation{}, false
	}
	what := "after both sides had closed"
	if p != nil && p.Len > 0 {
		what = fmt.Sprintf("to the last %s of the %s, sent while it closed as well: TLS says goodbye so (close_notify), "+
			"and the other side had gone already", octets(uint64(p.Len)), survey.SideName(x.side(p)))
	}
	lost := "nothing was lost by it"
	if n := x.sides[1-x.reset.Side].unacked(); n > 0 {
		lost = fmt.Sprintf("%s of the %s were not taken any more", octets(uint64(n)), survey.SideName(1-x.reset.Side))
	}
	return Situation{Name: "harmless reset", Says: fmt.Sprintf("#%d came %s: %s", rst.ID, what, lost)}, true
}

// unacked is how many octets of payload the side has sent that nobody
// acknowledged; 0 where that is not known.
func (f *flow) unacked() int {
	if !f.opened || !f.hasAck {
		return 0
	}
	n := f.edge.Sub(f.acked)
	if f.fin != nil && f.fin.End() == f.edge {
		n--
	}
	return max(n, 0)
}

// lastWords reports whether a segment's octets are no more than a close_notify.
func (x *examiner) lastWords(p *capture.Segment) bool {
	t := turn{side: x.side(p), first: p, last: p, octets: uint64(p.Len)}
	return x.farewell(&t)
}

// afterClose: what was sent to a side that had closed is answered with a RST.
func (x *examiner) afterClose() (Situation, bool) {
	if x.reset == nil || !x.ended(survey.Passive) || x.closedBefore(x.reset.Side) == nil {
		return Situation{}, false
	}
	r, fin := x.reset, x.closedBefore(x.reset.Side)
	closer, writer := survey.SideName(r.Side), survey.SideName(1-r.Side)
	p := x.segment(r.Provoker)
	what := "something"
	if p != nil && p.Len > 0 {
		what = fmt.Sprintf("%s (#%d)", octets(uint64(p.Len)), p.ID)
	}
	s := Situation{Name: "data after close", Says: fmt.Sprintf("the %s had closed (#%d FIN); %s later the %s sent %s, which nobody there "+
		"takes any more, and a RST answered", closer, fin.ID, short(x.trigger.Time.Sub(fin.Time)), writer, what)}
	if x.trigger.ID < fin.ID {
		s.Says = fmt.Sprintf("the %s closed (#%d FIN) while %s of the %s was on its way: nobody takes that any more, and a RST answered", closer, fin.ID, what, writer)
	}
	if e := &x.Exchange; r.Side == Server && e.Torn {
		s.Says += "; " + x.answer() + " had come"
	}
	s.Measure = Measure{What: fmt.Sprintf("why the %s closed then is for its program to say: its log of %s", closer, fin.Time.UTC().Format("15:04:05.000"))}
	return s, true
}
