package diagnosis

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
)

// Situations in which a side gives the connection up of itself.

// probesUnanswered: keep-alive probes, and a RST,ACK of who sent them.
func (x *examiner) probesUnanswered() (Situation, bool) {
	i := slices.IndexFunc(x.Resets, func(r Reset) bool {
		return slices.Contains(r.Reasons, analysis.KeepaliveTimeout) && len(x.sides[r.Side].probes) > 0
	})
	if i < 0 {
		return Situation{}, false
	}
	r := &x.Resets[i]
	n := len(x.sides[r.Side].probes)
	return Situation{Name: "keep-alive probes unanswered", Says: fmt.Sprintf("the %s's kernel sent %s, from #%d on, and nobody answered; then it "+
		"gave the connection up (#%d), or its program closed just then", survey.SideName(r.Side), counted(n, "keep-alive probe", "keep-alive probes"),
		x.sides[r.Side].probes[0].ID, r.Frame),
		Causes: []string{fmt.Sprintf("the %s's host is down, or its network", survey.SideName(1-r.Side)), "a firewall or NAT gateway between drops what it no longer knows"},
		Measure: x.captureAt(1-r.Side, "probes that do not arrive are dropped on the way; probes that arrive and are not answered meet a host "+
			"that does not answer, or whose answers are lost")}, true
}

// serverAborts: the server ends the connection with a RST,ACK.
func (x *examiner) serverAborts() (Situation, bool) {
	if !x.ended(survey.Active, survey.Foreign) || x.reset.Side != Server {
		return Situation{}, false
	}
	e, r := &x.Exchange, x.reset
	s := Situation{Measure: x.askKernel(Server)}
	const unread = "octets of the client's unread"
	died := "its process was killed or crashed, with " + unread
	closed := "its program closed with " + unread + " (TCP_ABORT_ON_CLOSE)"
	lingers := "its program aborts on purpose (SO_LINGER of 0 seconds), or an administrator ended it (ss -K): TCP_STATE"
	switch fin := x.closedBefore(Client); {
	case fin != nil && !e.Torn:
		s.Name = "abort after the client's close"
		s.Says = fmt.Sprintf("the client had ended its side (#%d FIN), and the server aborted the connection (#%d) rather than end its own", fin.ID, r.Frame)
		if e.Request.Sent > 0 && e.Answer.Sent == 0 {
			s.Says += fmt.Sprintf("; the client's last %s had no answer", x.request())
		}
		s.Causes = []string{closed + ": what it said last, a goodbye perhaps", lingers, died}
	case x.blind():
		s.Name = "server's abort"
		s.Says = fmt.Sprintf("the server %saborted (#%d); %s", x.supposed(), r.Frame, x.unheard(Client))
		s.Causes = []string{closed, lingers, died}
	case e.Answer.Sent > 0 && e.Torn:
		s.Name = "abort in mid-body"
		s.Says = fmt.Sprintf("the server %saborted (#%d) in the middle of its answer to the client's %s: %s had come", x.supposed(), r.Frame, x.request(), x.answer())
		s.Causes = []string{"its program gave the answer up: an error behind it, or a limit of time", died, "a proxy lost the server behind it"}
		s.Measure = x.logOr(s.Measure)
	case e.Complete:
		s.Name = "abort after the answer"
		s.Says = fmt.Sprintf("the server %saborted (#%d) after the whole of its answer to the client's %s: %s had come", x.supposed(), r.Frame, x.request(), x.answer())
		s.Causes = []string{closed + ": the rest of the request, or a request behind it", lingers}
	case e.Answer.Sent > 0:
		s.Name = "abort in or after the answer"
		s.Says = fmt.Sprintf("the server %saborted (#%d) %s after it had spoken last: %s had come, and whether that was all can not be told from the octets",
			x.supposed(), r.Frame, short(x.Idle.For), x.answer())
		if _, answer := x.lastTurns(); !answer.last.Flags.Has(capture.PSH) {
			s.Name = "abort in mid-body"
			s.Says += "; but the last of them came without PSH, as they do while more is waiting to be sent"
		}
		s.Causes = []string{"its program gave the answer up: an error behind it, or a limit of time", closed, died, lingers}
	case e.Request.Sent > 0:
		s.Name = "reset instead of an answer"
		s.Says = fmt.Sprintf("the server %saborted (#%d) %s after the client's %s, without an octet of an answer", x.supposed(), r.Frame,
			short(x.Idle.For), x.request())
		s.Causes = []string{closed, died, lingers}
	default:
		s.Name = "reset before a request"
		s.Says = fmt.Sprintf("the server %saborted (#%d) %s after the handshake, before it had been asked for anything", x.supposed(), r.Frame, short(x.Idle.For))
		s.Causes = []string{lingers, "its listener was closed with the connection still in its queue (TCP_STATE)", "a load balancer has no server for it"}
	}
	if len(r.Reasons) > 0 && !slices.Contains(r.Reasons, analysis.AbortOnClose) {
		s.Causes = slices.DeleteFunc(s.Causes, func(cause string) bool { return strings.Contains(cause, unread) })
	}
	if r.Kind == survey.Foreign {
		s.Causes = append([]string{"something between made it: no kernel makes such a RST"}, s.Causes...)
	}
	x.doubt(&s)
	return s, true
}

// blind reports whether what an abort followed was not captured.
func (x *examiner) blind() bool {
	return x.Connection.OneWay || len(x.turns) == 0 && (x.Connection.Midway || x.LeftOut > 0)
}

// unheard says what it is that was not captured, of that side or of both.
func (x *examiner) unheard(side int) string {
	if x.Connection.OneWay {
		return fmt.Sprintf("what the %s had said was not captured", survey.SideName(side))
	}
	return "what had been said before was not captured"
}

// doubt says of an abort that its RST may not be its sender's own, where there are
// signs of that.
func (x *examiner) doubt(s *Situation) {
	if x.Forged == Suspect {
		s.Says += "; if that RST is its own, against which there are signs"
		s.Causes = append([]string{"something between sent the RST in its name"}, s.Causes...)
	}
}

// logOr prefers the server's own account of an answer that it gave up.
func (x *examiner) logOr(m Measure) Measure {
	return Measure{What: fmt.Sprintf("the server's log of %s: whether its program gave up, or its process ended; without one, %s",
		x.end.Time.UTC().Format("15:04:05.000"), m.What), Command: m.Command}
}

// clientAborts: the client ends the connection with a RST,ACK.
func (x *examiner) clientAborts() (Situation, bool) {
	if !x.ended(survey.Active, survey.Foreign) || x.reset.Side != Client {
		return Situation{}, false
	}
	e, r := &x.Exchange, x.reset
	s := Situation{Measure: x.askKernel(Client)}
	switch fin := x.closedBefore(Server); {
	case fin != nil && !e.Torn:
		s.Name = "client's abort after the server's close"
		s.Says = fmt.Sprintf("the server had closed (#%d FIN), and the client ended its side with a RST (#%d) rather than a FIN", fin.ID, r.Frame)
		s.Causes = []string{"it closed with octets of the server's unread (TCP_ABORT_ON_CLOSE)", "it aborts on purpose, to be rid of TIME_WAIT (SO_LINGER of 0 seconds)"}
	case x.blind():
		s.Name = "client's abort"
		s.Says = fmt.Sprintf("the client %saborted (#%d); %s", x.supposed(), r.Frame, x.unheard(Server))
		s.Causes = []string{"its program cancelled, or its own timeout ran out", "it closed with octets of the server's unread (TCP_ABORT_ON_CLOSE)",
			"it aborts on purpose (SO_LINGER of 0 seconds), or an administrator ended it (ss -K): TCP_STATE"}
	case e.Answer.Sent > 0 && !e.Complete:
		s.Name = "client gave up in the answer"
		s.Says = fmt.Sprintf("the client aborted (#%d) when %s had come, %s after the last of it", r.Frame, x.answer(), short(x.Idle.For))
		s.Causes = []string{"its program cancelled, or its own timeout ran out", "it closed with octets of the server's unread, having seen enough (TCP_ABORT_ON_CLOSE)", "its process was killed"}
	case e.Complete:
		s.Name = "client's abort after the answer"
		s.Says = fmt.Sprintf("the client had its answer whole, and ended the connection with a RST (#%d) rather than a FIN", r.Frame)
		s.Causes = []string{"it closed with octets unread (TCP_ABORT_ON_CLOSE)", "it aborts on purpose, to be rid of TIME_WAIT (SO_LINGER of 0 seconds)"}
	case e.Request.Sent > 0:
		s.Name = "client gave up waiting"
		s.Says = fmt.Sprintf("the client aborted (#%d) %s after the last of its %s, and no answer had come", r.Frame, short(x.Idle.For), x.request())
		s.Causes = []string{"its own timeout ran out, or its program cancelled: the server was too slow for it", "its process was killed"}
	default:
		s.Name = "client's abort"
		s.Says = fmt.Sprintf("the client aborted (#%d) without having asked for anything", r.Frame)
		s.Causes = []string{"a probe of the port: a health check or a scan", "its program aborts on purpose (SO_LINGER of 0 seconds)",
			"an administrator ended it (ss -K)"}
	}
	x.doubt(&s)
	return s, true
}
