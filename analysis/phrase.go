package analysis

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// effect says what an arrival did to the socket of role.
func effect(role scenario.Role, st *step) string {
	p := st.passed
	var parts []string
	if p.before != p.after {
		parts = append(parts, fmt.Sprintf("%s → %s", p.before, p.after))
	}
	if p.raised != "" {
		parts = append(parts, string(p.raised)+" pending")
	}
	if p.softened != "" {
		parts = append(parts, string(p.softened)+" remembered, in case a timer gives up")
	}
	if p.rule != nil && p.rule.effect != "" {
		parts = append(parts, p.rule.effect)
	}
	if len(parts) == 0 {
		return ""
	}
	return fmt.Sprintf("%s: %s", role, strings.Join(parts, ", "))
}

// name calls a segment what a person calls it: "#6 RST,ACK".
func name(s *capture.Segment) string {
	if s.ICMP.Is() {
		return fmt.Sprintf("#%d %s", s.ID, s.ICMP)
	}
	return fmt.Sprintf("#%d %s", s.ID, s.Flags)
}

// octets says a number of bytes.
func octets(n int) string {
	if n == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}

// segmentLink puts into words what a segment did.
func (x *explainer) segmentLink(l Link) Link {
	s, from := x.segments[l.Segment], x.senders[l.Segment]
	st := from.peer.arrived[l.Segment]
	switch {
	case st == nil:
		return l
	case s.ICMP.Is():
		return icmpLink(l, s, from.peer.role, st)
	case st.passed.rule == nil:
		return l
	}
	l.Because, l.Source = x.arrivalClause(s, from, st.passed), st.passed.rule.source
	if l.Because != "" && from.replay.strange[l.Segment] && !from.replay.blind {
		l.Because += x.unaccounted(from.role)
	}
	return l
}

// unaccounted says that role's socket can not have sent a segment.
func (x *explainer) unaccounted(role scenario.Role) string {
	if x.evidence.Foreign {
		return fmt.Sprintf("; by these rules the %s would not have sent it, nor would what follows have come of it", role)
	}
	return fmt.Sprintf("; no call of the %s accounts for it: somebody else sent it", role)
}

// icmpLink puts into words what an ICMP error did to the socket of role.
func icmpLink(l Link, s *capture.Segment, role scenario.Role, st *step) Link {
	if st.passed.icmp == nil {
		return l
	}
	l.Source = st.passed.icmp.source
	if st.passed.raised != "" {
		l.Because = fmt.Sprintf("%s, sent by %s, rejected the SYN: that stands for %s", name(s), s.ICMP.From, st.passed.raised)
		return l
	}
	l.Because = fmt.Sprintf("%s, sent by %s, had said why nothing arrives at the %s's peer; a timer that gives up tells that, %s, instead of ETIMEDOUT",
		name(s), s.ICMP.From, role, st.passed.softened)
	return l
}

// arrivalClause says what the arrival of s did, "" if it is not worth a word.
func (x *explainer) arrivalClause(s *capture.Segment, from *home, p passed) string {
	switch {
	case from.peer.refused == s.ID:
		return fmt.Sprintf("%s ended the handshake when the accept queue was full: with tcp_abort_on_overflow set, the %s's kernel refuses it",
			name(s), from.peer.role)
	case p.raised == scenario.ECONNREFUSED:
		return fmt.Sprintf("%s answered the SYN%s", name(s), x.refusal(s, from))
	case p.raised == scenario.EPIPE && s.Flags.Has(capture.RST):
		return fmt.Sprintf("%s arrived in %s, after the peer's FIN: the pending error became EPIPE, not ECONNRESET", name(s), p.before)
	case p.raised != "" && p.rule.reply != "":
		return fmt.Sprintf("%s brought data to a socket that had shut down both directions (%s): its own kernel answered with an RST and made the pending error %s",
			name(s), p.before, p.raised)
	case p.raised != "":
		return fmt.Sprintf("%s arrived in %s: the pending error became %s", name(s), p.before, p.raised)
	case s.Flags.Has(capture.FIN) && p.before != p.after:
		return fmt.Sprintf("%s arrived in %s: nothing follows the data before it", name(s), p.before)
	case p.rule.reply != "" && p.before == Closed && from.peer.arrived[s.ID].after.closeBy != 0:
		return fmt.Sprintf("%s reached a host that has no such connection any more: an RST is the only answer left", name(s))
	case p.rule.reply != "" && s.Len > 0 && p.before != Listen && p.before != Closed:
		return fmt.Sprintf("%s (%s) reached a socket that the %s had closed: an RST is the only answer left",
			name(s), octets(s.Len), from.peer.role)
	}
	return ""
}

// refusal says who refused, as far as can be told.
func (x *explainer) refusal(s *capture.Segment, from *home) string {
	switch reasons := x.notes[s.ID].Reasons; {
	case slices.Contains(reasons, NoSocket):
		return ": nothing listens on " + s.Src.String()
	case from.replay.strange[s.ID] && !from.replay.blind, from.side.listen == listenYes && len(reasons) == 0:
		return fmt.Sprintf(" in the name of %s, where somebody listens", s.Src)
	}
	return ": the listener would not have it"
}

// eventLink puts into words what a call did, if it is worth a word.
func (x *explainer) eventLink(l Link) []Link {
	if l.Event == 0 {
		return nil
	}
	ev := x.events[l.Event]
	h := x.homes[l.Event]
	if x.unlistened[l.Event] == "listener-close-queue" {
		l.Because = fmt.Sprintf("the %s closed its listener with the connection in its queue, so its kernel aborted it", ev.Role)
		l.Source = "inet_csk_listen_stop"
		return []Link{l}
	}
	if h == nil || h.calls[l.Event] == nil || h.calls[l.Event].answer.rule == nil {
		return []Link{l}
	}
	st := h.calls[l.Event]
	r := st.answer.rule
	closed := "closed"
	if ev.Op == scenario.OpKill {
		closed = "was killed"
	}
	switch {
	case r.abort == AbortOnClose:
		l.Because = fmt.Sprintf("the %s %s with %d of %s unread, so its kernel aborted the connection",
			ev.Role, closed, st.after.unread(), octets(st.after.arrived))
	case ev.Op == scenario.OpVanish:
		l.Because = fmt.Sprintf("the %s's host lost the connection, as in a crash, and told nobody", ev.Role)
	case ev.Op == scenario.OpDisconnect && st.answer.fault == "":
		l.Because = fmt.Sprintf("the %s disconnected its socket (connect to AF_UNSPEC): an abort, and no connection any more", ev.Role)
	case r.abort != "" && ev.Op == scenario.OpKill:
		l.Because = fmt.Sprintf("the %s was killed with SO_LINGER at 0 seconds: an abort", ev.Role)
	case r.abort != "":
		l.Because = fmt.Sprintf("the %s closed with SO_LINGER at 0 seconds: an abort", ev.Role)
	case r.fin && ev.Op == scenario.OpKill:
		l.Because = fmt.Sprintf("the %s was killed with nothing unread: its kernel closed for it, with an orderly FIN", ev.Role)
	case r.fin && ev.Op == scenario.OpClose:
		l.Because = fmt.Sprintf("the %s closed with nothing unread: an orderly FIN", ev.Role)
	case ev.Op == scenario.OpCloseRead && st.answer.fault == "":
		l.Because = fmt.Sprintf("the %s had shut down its receiving side", ev.Role)
	case r.fin:
		l.Because = fmt.Sprintf("the %s shut down its sending side: FIN", ev.Role)
	default:
		return []Link{l}
	}
	l.Source = r.source
	return []Link{l}
}

// took says which call was given the error that a later one missed.
func took(first *scenario.Event) string {
	return fmt.Sprintf("the error had been given to the %s's %s: it is delivered once", first.Role, first.Op)
}

// contradiction says how a result differs from what was predicted.
func contradiction(ev *scenario.Event, predicted []scenario.Fault) string {
	var could []string
	for _, f := range predicted {
		switch f {
		case "":
			could = append(could, "succeed")
		case Blocks:
			could = append(could, "still wait")
		default:
			could = append(could, "return "+string(f))
		}
	}
	got := "succeeded"
	if ev.Fault != "" {
		got = "returned " + string(ev.Fault)
	}
	if ev.Fault == "" && ev.Op == scenario.OpPoll {
		got = "found that the connection had ended"
	}
	switch {
	case ev.Fault == "" && ev.Op == scenario.OpRead:
		got = "returned " + octets(ev.N)
	case ev.Fault != "" && ev.N > 0:
		got = fmt.Sprintf("returned %s and %s", octets(ev.N), ev.Fault)
	}
	return fmt.Sprintf("from the segments captured this %s must %s, but it %s", ev.Op, strings.Join(could, " or "), got)
}

// summary picks the one sentence that explains a call best: the call that took
// the error first, else the nearest cause that made the other side act.
func summary(chain []Link, ev *scenario.Event) string {
	last := len(chain) - 1
	if last > 0 && chain[last-1].Event != 0 && chain[last-1].Because != "" {
		return chain[last-1].Because
	}
	for i := last - 1; i >= 0; i-- {
		if chain[i].Event != 0 && chain[i].Because != "" || strings.Contains(chain[i].Because, "an RST is the only answer") {
			return chain[i].Because
		}
	}
	for i := last - 1; i >= 0; i-- {
		if chain[i].Because != "" {
			return chain[i].Because
		}
	}
	switch ev.Fault {
	case scenario.Deadline:
		return "the program's own deadline passed first"
	case scenario.Canceled:
		return "the program itself gave the call up"
	case EAGAIN:
		return "the call would have had to wait, and an option of the socket does not let it"
	}
	return "the program's own doing"
}
