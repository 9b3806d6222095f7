package diagnosis

import (
	"fmt"
	"time"

	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
)

// Situations in which one side knows the connection, and the other does not, and
// never closed it.

// givenUp: who denies that there is such a connection had sent in vain before, so
// that its kernel has given it up, without a word.
func (x *examiner) givenUp() (Situation, bool) {
	if x.reset == nil || !x.ended(survey.Passive) || x.closedBefore(x.reset.Side) != nil {
		return Situation{}, false
	}
	r := x.reset
	p, peer := &x.sides[r.Side], &x.sides[1-r.Side]
	if p.last == nil || p.last.End() == p.last.Seq || p.hasAck && !p.last.End().After(p.acked) || peer.last != nil && peer.last.ID < p.last.ID {
		return Situation{}, false
	}
	first, n := x.first(p.last), 0
	for i := range x.segments() {
		if s := &x.segments()[i]; s.Src == p.last.Src && s.Seq == p.last.Seq && s.Len == p.last.Len && !s.ICMP.Is() {
			n++
		}
	}
	if n < 2 {
		return Situation{}, false
	}
	name := survey.SideName(r.Side)
	return Situation{Name: "retransmission given up", Says: fmt.Sprintf("the %s sent #%d %s in vain over %s, and when the %s spoke again %s later it knew of no such connection "+
		"any more (#%d)", name, first.ID, counted(n, "time", "times"), short(p.last.Time.Sub(first.Time)), survey.SideName(1-r.Side), short(x.end.Time.Sub(p.last.Time)), r.Frame),
		Causes: []string{"its kernel had given up, after tcp_retries2 or TCP_USER_TIMEOUT (its program was told ETIMEDOUT): the path was dead, or the other host",
			"its program had closed meanwhile, and its FIN or RST was lost as well"},
		Measure: x.captureAt(1-r.Side, "segments that do not arrive there are lost on the way")}, true
}

// silentThenUnknown: a side is silent, and then does not know the connection.
func (x *examiner) silentThenUnknown() (Situation, bool) {
	if x.reset == nil || !x.ended(survey.Passive) || x.closedBefore(x.reset.Side) != nil {
		return Situation{}, false
	}
	r := x.reset
	p := x.segment(r.Provoker)
	if p == nil || x.trigger == p || p.Time.Sub(x.trigger.Time) < 150*time.Millisecond {
		return x.probedUnknown(p)
	}
	return Situation{Name: "crash or reboot of the peer", Says: fmt.Sprintf("the %s did not answer #%d and what repeated it for %s, and then said that it knows no such "+
		"connection", survey.SideName(r.Side), x.trigger.ID, short(p.Time.Sub(x.trigger.Time))),
		Causes: []string{fmt.Sprintf("the %s's host crashed and came back without the connection", survey.SideName(r.Side)),
			"another host has taken over its address (a failover)", "a firewall or NAT gateway between lost its state"},
		Measure: x.uptime(r.Side)}, true
}

// probedUnknown: it was a keep-alive probe that found out.
func (x *examiner) probedUnknown(p *capture.Segment) (Situation, bool) {
	if p == nil || len(x.sides[x.side(p)].probes) == 0 || x.sides[x.side(p)].probes[len(x.sides[x.side(p)].probes)-1] != p {
		return Situation{}, false
	}
	r := x.reset
	return Situation{Name: "crash or reboot of the peer", Says: fmt.Sprintf("a keep-alive probe of the %s (#%d), after %s, found that the %s knows no such connection any more, and "+
		"had not said goodbye", survey.SideName(1-r.Side), p.ID, short(x.sinceSaid(p)), survey.SideName(r.Side)),
		Causes: []string{fmt.Sprintf("the %s's host crashed and came back without the connection", survey.SideName(r.Side)),
			"a firewall or NAT gateway between has forgotten the idle connection"},
		Measure: x.uptime(r.Side)}, true
}

// sinceSaid is the pause before a segment.
func (x *examiner) sinceSaid(s *capture.Segment) time.Duration {
	d, _ := x.pauseBefore(s)
	return d
}

// uptime is to look whether a host has rebooted.
func (x *examiner) uptime(side int) Measure {
	return Measure{What: fmt.Sprintf("on the %s's host look whether it, or the process, has started anew since %s; if not, something between lost its state",
		survey.SideName(side), time.Unix(0, x.Connection.First).UTC().Format("2006-01-02 15:04:05")), Command: "uptime -s; ps -eo lstart,cmd"}
}

// idleTimeout: after a long pause the connection is no longer known.
func (x *examiner) idleTimeout() (Situation, bool) {
	if x.reset == nil || !x.ended() || !x.Idle.Long || x.Connection.OneWay || x.closedBefore(x.reset.Side) != nil || x.Exchange.Torn {
		return Situation{}, false
	}
	r, idle := x.reset, short(x.Idle.For)
	name := survey.SideName(r.Side)
	s := Situation{Name: "idle-timeout reset", Measure: x.askKernel(r.Side)}
	if x.Idle.Probes > 0 {
		idle += fmt.Sprintf(" (but for %s)", counted(x.Idle.Probes, "keep-alive probe", "keep-alive probes"))
	}
	if r.Kind == survey.Passive {
		s.Says = fmt.Sprintf("after %s of silence #%d of the %s was answered with a RST in the %s's name, which had never closed: the connection was not known there any more",
			idle, x.trigger.ID, survey.SideName(1-r.Side), name)
		s.Causes = []string{"a firewall, NAT gateway or load balancer between has forgotten the idle connection",
			fmt.Sprintf("the %s had closed it meanwhile, and its FIN or RST did not come through", name), fmt.Sprintf("the %s's host has crashed or rebooted", name)}
		return s, true
	}
	if p := x.end.Time.Sub(x.lastSaid()); p < longIdle {
		return Situation{}, false // the RST has to do with what was said last
	}
	if _, answer := x.lastTurns(); r.Side == Server && answer != nil && !answer.last.Flags.Has(capture.PSH) {
		return Situation{}, false // more was waiting to be sent
	}
	s.Says = fmt.Sprintf("after %s of silence the %s aborted the connection", idle, name)
	s.Causes = []string{fmt.Sprintf("an idle timeout of the %s's program, or of a load balancer in its place, that ends connections with a RST", name),
		"its process was stopped, with octets unread"}
	return s, true
}

// lastSaid is when something was said last before the end.
func (x *examiner) lastSaid() time.Time {
	d, _ := x.pauseBefore(x.end)
	return x.end.Time.Add(-d)
}

// unknownPeer: a side does not know the connection, although it has not closed it.
func (x *examiner) unknownPeer() (Situation, bool) {
	if x.reset == nil || !x.ended(survey.Passive, survey.Foreign) || x.closedBefore(x.reset.Side) != nil {
		return Situation{}, false
	}
	r := x.reset
	name := survey.SideName(r.Side)
	s := Situation{Name: "connection unknown to the peer", Measure: x.askKernel(r.Side)}
	p := x.segment(r.Provoker)
	if p == nil || x.end.Time.Sub(p.Time) > answerWithin {
		s.Says = fmt.Sprintf("a RST came in the %s's name, which had not closed the connection, and no segment that was captured provoked it", name)
		s.Causes = []string{"it answers a segment that the capture lacks", "something between ended the connection, or somebody forged it"}
		return s, true
	}
	s.Says = fmt.Sprintf("#%d of the %s was answered with a RST in the %s's name: no such connection is known there, although it had not been closed",
		p.ID, survey.SideName(1-r.Side), name)
	s.Causes = []string{fmt.Sprintf("the %s's host has crashed or rebooted, or lost the connection in another way", name),
		fmt.Sprintf("a firewall or NAT gateway between rejects it, or has forgotten it (it had been idle for %s)", short(x.Idle.For)),
		fmt.Sprintf("the %s had closed, and its FIN or RST did not come through", name)}
	if r.Side == Server && !x.heard(Server) {
		s.Causes = append(s.Causes, "its accept queue was full when the handshake ended, and tcp_abort_on_overflow is set")
	}
	return s, true
}

// answerWithin is how long after what it answers a RST comes, at most: a round trip
// and some delay on the way.
const answerWithin = 3 * time.Second

// heard reports whether a side has sent octets, or acknowledged some.
func (x *examiner) heard(side int) bool {
	for i := range x.turns {
		if t := &x.turns[i]; t.side == side || x.count(t).Acked > 0 {
			return true
		}
	}
	return x.Connection.Midway
}
