package diagnosis

import (
	"fmt"
	"time"

	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
)

// Situations without a RST that ended anything.

// noAnswer: in the end one side sends the same again and again.
func (x *examiner) noAnswer() (Situation, bool) {
	if x.reset != nil && x.reset.Frame == x.Decisive {
		return Situation{}, false
	}
	for side := range x.sides {
		first, n, last := x.repeated(side)
		if n < 2 {
			continue
		}
		s := Situation{Name: "retransmissions unanswered", Says: fmt.Sprintf("the %s sent #%d again %s over %s, and nobody answered; a kernel gives up "+
			"after some 15 minutes (tcp_retries2), or after TCP_USER_TIMEOUT, and sends no RST then", survey.SideName(side), first.ID,
			counted(n-1, "time", "times"), short(last.Time.Sub(first.Time))),
			Causes: []string{fmt.Sprintf("the %s's host is down, or has crashed", survey.SideName(1-side)), "the path is dead in one direction, or both: a link, a route, a firewall that drops"},
			Measure: x.captureAt(1-side, "segments that do not arrive are lost on the way; if they arrive and answers leave, the way back is dead; if none leave, "+
				"the host's own firewall takes them")}
		if icmp := x.icmpAfter(first); icmp != nil {
			s.Says += fmt.Sprintf("; %s, sent by %s, says why (#%d)", icmp.ICMP, icmp.ICMP.From, icmp.ID)
			s.Causes = nil
			s.Measure = Measure{What: fmt.Sprintf("ask who runs %s, which sent the ICMP error", icmp.ICMP.From)}
		}
		return s, true
	}
	return Situation{}, false
}

// repeated returns what a side sent again with no answer to the end: the first
// of it, how many copies there are in all, and the last.
func (x *examiner) repeated(side int) (first *capture.Segment, n int, last *capture.Segment) {
	p, peer := &x.sides[side], &x.sides[1-side]
	if p.last == nil || peer.last != nil && peer.last.ID > p.last.ID {
		return nil, 0, nil
	}
	octets, begin := p.last, x.first(p.last)
	if p.hasAck && !p.last.End().After(p.acked) || p.last.End() == p.last.Seq {
		return nil, 0, nil
	}
	for i := range x.segments() {
		s := &x.segments()[i]
		if s.Src == octets.Src && !s.ICMP.Is() && s.Seq == octets.Seq && s.End() != s.Seq {
			n++
		}
	}
	if octets.Flags.Has(capture.FIN) && octets.Len == 0 {
		begin = p.fin
	}
	return begin, n, octets
}

// icmpAfter returns an ICMP error about what s began.
func (x *examiner) icmpAfter(s *capture.Segment) *capture.Segment {
	for i := range x.segments() {
		if o := &x.segments()[i]; o.ICMP.Is() && o.ID > s.ID && o.Src == s.Src {
			return o
		}
	}
	return nil
}

// probing: the capture ends among keep-alive probes that nobody answers.
func (x *examiner) probing() (Situation, bool) {
	if x.Decisive != 0 {
		return Situation{}, false
	}
	for side := range x.sides {
		if probes := x.sides[side].probes; len(probes) >= 2 && x.silentSince(1-side, probes[0]) {
			return Situation{Name: "keep-alive probes unanswered", Says: fmt.Sprintf("the %s's kernel has sent %d keep-alive probes, from #%d on, and nobody answered before the "+
				"capture ended", survey.SideName(side), len(probes), probes[0].ID),
				Causes:  []string{fmt.Sprintf("the %s's host is down, or its network", survey.SideName(1-side)), "a firewall or NAT gateway between drops what it no longer knows"},
				Measure: x.captureAt(1-side, "probes that do not arrive are dropped on the way")}, true
		}
	}
	return Situation{}, false
}

// silentSince reports whether a side has sent nothing after s.
func (x *examiner) silentSince(side int, s *capture.Segment) bool {
	last := x.sides[side].last
	return last == nil || last.ID < s.ID
}

// tornByFIN: the server ends its stream before the end of its answer.
func (x *examiner) tornByFIN() (Situation, bool) {
	fin := x.sides[Server].fin
	if fin == nil || !x.Exchange.Torn || x.ended() {
		return Situation{}, false
	}
	return Situation{Name: "closed in mid-body", Says: fmt.Sprintf("the server closed (#%d FIN) in the middle of its answer to the client's %s: %s had come. "+
		"TCP saw an orderly close; the octets are missing all the same", fin.ID, x.request(), x.answer()),
		Causes: []string{"its program gave the answer up: an error behind it, or a limit of time", "its process ended, with nothing unread", "a proxy lost the server behind it"},
		Measure: Measure{What: fmt.Sprintf("the server's log of %s: whether its program gave up, or its process ended",
			fin.Time.UTC().Format("15:04:05.000"))}}, true
}

// unansweredRequest: the server closes without an answer to a request that has one.
func (x *examiner) unansweredRequest() (Situation, bool) {
	e, fin := &x.Exchange, x.sides[Server].fin
	if fin == nil || e.Method == "" || e.Answer.Sent > 0 || x.ended() || x.FINs[0].Side != Server {
		return Situation{}, false
	}
	request, _ := x.lastTurns()
	if request.first.ID > fin.ID {
		return Situation{}, false
	}
	return Situation{Name: "closed without an answer", Says: fmt.Sprintf("the server took the client's %s and closed (#%d FIN) %s later, without an octet of an answer",
		x.request(), fin.ID, short(fin.Time.Sub(request.last.Time))),
		Causes: []string{"its keep-alive timeout ran out as the request came", "its program gave the request up, or its process ended, with nothing unread"},
		Measure: Measure{What: fmt.Sprintf("the server's log of %s; and its keep-alive timeout, against the pause before the request",
			fin.Time.UTC().Format("15:04:05.000"))}}, true
}

func (x *examiner) normal() (Situation, bool) {
	if !x.bothFINs() || x.ended() {
		return Situation{}, false
	}
	first := x.FINs[0]
	return Situation{Name: "normal", Says: fmt.Sprintf("both sides closed, the %s first (#%d)%s", survey.SideName(first.Side), first.Frame, x.ignoredToo())}, true
}

func (x *examiner) halfClosed() (Situation, bool) {
	if len(x.FINs) != 1 || x.ended() {
		return Situation{}, false
	}
	f := x.FINs[0]
	s := Situation{Name: "half-closed", Says: fmt.Sprintf("the %s closed (#%d FIN), the %s has not%s", survey.SideName(f.Side), f.Frame, survey.SideName(1-f.Side), x.ignoredToo())}
	last := time.Unix(0, x.Connection.Last)
	if pause := last.Sub(f.Time); pause >= 0 && x.said(f) {
		s.Says += fmt.Sprintf("; it had more to say after that, and the capture holds no answer to it for %s", short(last.Sub(f.Time)))
	}
	s.Causes = []string{fmt.Sprintf("the %s's program has not read to the end, or does not close what it reads to the end (its socket is in CLOSE_WAIT)", survey.SideName(1-f.Side)),
		"the capture ended before it could", "its FIN was not captured"}
	s.Measure = Measure{What: fmt.Sprintf("on the %s's host look whether sockets stay in CLOSE_WAIT", survey.SideName(1-f.Side)), Command: "ss -tn state close-wait"}
	return s, true
}

// said reports whether the other side has sent octets after a FIN.
func (x *examiner) said(f Mark) bool {
	for i := range x.turns {
		if t := &x.turns[i]; t.side != f.Side && t.last.ID > f.Frame {
			return true
		}
	}
	return false
}

// ignoredToo tells of RSTs that ended nothing.
func (x *examiner) ignoredToo() string {
	if len(x.Resets) == 0 {
		return ""
	}
	return "; " + counted(len(x.Resets), "RST was", "RSTs were") + " ignored"
}

// disbelieved: there are RSTs, and the connection stands.
func (x *examiner) disbelieved() (Situation, bool) {
	if x.reset == nil || x.ended() {
		return Situation{}, false
	}
	return Situation{Name: "a RST that was not believed", Says: fmt.Sprintf("%s came, and its receiver did not take it: %s", counted(len(x.Resets), "RST", "RSTs"), x.reset.Fate),
		Causes:  []string{"an answer to an older segment, whose sequence number has gone by", "somebody forged it, and did not know the sequence number"},
		Measure: x.captureAt(x.reset.Side, "a RST that does not leave there was sent by somebody else")}, true
}
