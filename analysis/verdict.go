package analysis

import (
	"slices"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// verdict explains a call of which the replay knows a step.
func (x *explainer) verdict(ev *scenario.Event, h *home, st *step, c Call) Verdict {
	v := Verdict{Event: ev.ID, Fault: ev.Fault, Predicted: c.Predicted, Rule: c.Rule,
		Elsewhere: h.elsewhere[ev.ID], Next: x.next(st.after)}
	if st.answer.rule != nil {
		v.Source = st.answer.rule.source
	}
	switch {
	case h.replay.overflow:
		v.Outcome, v.Because = Inconclusive, "too much happened at once to tell the possible orders apart"
	case !x.evidence.Model.knows(ev.Op):
		v.Outcome, v.Because = Inconclusive, "the model has no rule about "+string(ev.Op)
	case h.late[ev.ID]:
		v.Outcome, v.Because = Inconclusive, "it fits only if segments reached the socket milliseconds after their stamps"
	case !h.conn.whole():
		v.Outcome, v.Because = Inconclusive, "the capture began when the connection stood already"
	case h.replay.broken[ev.ID] && h.partial:
		v.Outcome, v.Because = Inconclusive, "more octets came out of order than the model keeps count of"
	case h.replay.broken[ev.ID]:
		v.Outcome, v.Because = Unexplained, contradiction(ev, c.Predicted)
		v.Chain = []Link{{Event: ev.ID}}
		return v
	case st.after.tainted:
		v.Outcome, v.Because = Inconclusive, "an earlier call on this socket is unexplained"
	}
	v.Cause = bare(st.answer.cause)
	v.Chain = append(x.causes(v.Cause, h), x.taker(ev, st)...)
	if t := x.evidence.Model.timer(st.after.timer); t != nil && len(v.Chain) > 0 && (v.Cause == bare(st.after.errBy) || v.Cause == bare(st.after.timerBy)) {
		if v.Outcome == Explained && t.reset == "" && h.steps[len(h.steps)-1].after.err != "" {
			v.Outcome, v.Because = Inconclusive, "only a timer explains it, and no call was given that timer's error"
		}
		v.Chain = timerChain(t, st.after.timerBy, v.Chain[len(v.Chain)-1])
	}
	v.Chain = append(v.Chain, Link{Event: ev.ID})
	for _, l := range slices.Backward(v.Chain) {
		if n := x.notes[l.Segment]; len(n.Reasons) > 0 {
			v.Inferred = n.Reasons
			break
		}
	}
	if v.Outcome != Explained {
		return v
	}
	if ev.Fault == scenario.Closed && len(v.Chain) > 1 {
		v.Chain = v.Chain[len(v.Chain)-2:]
		v.Chain[0].Because, v.Chain[0].Source = "the program itself had closed the socket", v.Source
	}
	if v.Cause == (Link{}) && ev.Fault != scenario.Deadline && ev.Fault != scenario.Canceled && !unwilling(ev) {
		v.Outcome, v.Because = Inconclusive, "the model allows the result but names no cause"
		return v
	}
	v.Because = summary(v.Chain, ev)
	return v
}

// timerChain says that a timer gave up waiting for what had waited longest,
// and what an ICMP error, the cause, had said before; where there was none, the
// two are the same.
func timerChain(t *timerRule, waiting, cause Link) []Link {
	first := Link{Event: waiting.Event, Segment: waiting.Segment, Because: t.says, Source: t.source}
	if bare(cause) == bare(waiting) || waiting == (Link{}) {
		first.Event, first.Segment = cause.Event, cause.Segment
		return []Link{first}
	}
	return []Link{first, cause}
}

// taker returns the call that took the error before ev came for it.
func (x *explainer) taker(ev *scenario.Event, st *step) []Link {
	cause := x.segments[st.answer.cause.Segment]
	if cause == nil || !cause.Flags.Has(capture.RST) || st.after.takenBy == 0 || st.after.takenBy == ev.ID {
		return nil
	}
	first := x.events[st.after.takenBy]
	return []Link{{Event: first.ID, Because: took(first), Source: "sock_error: an error is delivered once"}}
}

// causes returns the chain that ends with l: what made l happen, and what made
// that happen, each with its clause. h is the side on which l took effect.
func (x *explainer) causes(l Link, h *home) []Link {
	var chain []Link
	seen := make(map[Link]bool)
	for l != (Link{}) && !seen[l] {
		seen[l] = true
		var before Link
		switch {
		case l.Segment != 0:
			chain = append(chain, x.segmentLink(l))
			before = bare(x.notes[l.Segment].From)
			if before.Segment != 0 {
				if shut := x.closing(l, before); len(shut) > 0 {
					chain = append(chain, x.segmentLink(before))
					chain = append(chain, x.eventLink(bare(x.notes[before.Segment].From))...)
					chain = append(chain, shut...)
					before = Link{}
				}
			}
		case l.Event != 0:
			chain = append(chain, x.eventLink(l)...)
			before = x.leftUnread(l)
		}
		l = before
	}
	slices.Reverse(chain)
	return chain
}

// closing returns, latest first, the FIN and the call that had closed the
// socket which answered the segment provoked with the RST l.
func (x *explainer) closing(l, provoked Link) []Link {
	from := x.senders[l.Segment]
	st := from.sent[l.Segment]
	if st == nil || !x.segments[l.Segment].Flags.Has(capture.RST) || st.after.closeBy == 0 {
		return nil
	}
	var chain []Link
	for _, s := range slices.Backward(from.conn.segments) {
		if s.Src == from.side.addr && s.Flags.Has(capture.FIN) && s.Time.Before(x.segments[provoked.Segment].Time) {
			chain = append(chain, x.segmentLink(Link{Segment: s.ID}))
			break
		}
	}
	return append(chain, x.eventLink(Link{Event: st.after.closeBy})...)
}

// leftUnread returns the segment with the first octet that a close threw away.
func (x *explainer) leftUnread(l Link) Link {
	h := x.homes[l.Event]
	if h == nil {
		return Link{}
	}
	st := h.calls[l.Event]
	if st == nil || st.answer.rule == nil || st.answer.rule.abort != AbortOnClose {
		return Link{}
	}
	e := st.after
	if e.linger0 {
		return Link{} // it would have aborted as well had nothing been unread
	}
	at := e.rcvNxt.Add(-e.unread())
	if e.shut.has(done) {
		at = at.Add(-1)
	}
	for _, a := range h.replay.arrivals {
		if a.Len > 0 && !a.Seq.After(at) && a.Seq.Add(a.Len).After(at) {
			return Link{Segment: a.ID}
		}
	}
	return Link{}
}

// next asks the model what a read and a write would return from here on.
func (x *explainer) next(e endpoint) Next {
	reader, writer := e, e
	return Next{
		Read:  x.evidence.Model.call(&reader, &scenario.Event{Op: scenario.OpRead, Asked: 1}).fault,
		Write: x.evidence.Model.call(&writer, &scenario.Event{Op: scenario.OpWrite, Asked: 1}).fault,
	}
}

func bare(l Link) Link { return Link{Event: l.Event, Segment: l.Segment} }
