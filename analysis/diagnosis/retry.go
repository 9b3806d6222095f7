package diagnosis

import (
	"fmt"
	"slices"

	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
)

// retry says whether the client may send its request again. It is safe only
// where no octet of it can have reached the server's program; what can not be
// told is not.
func (x *examiner) retry() {
	x.Retry = x.mayRepeat()
	e := &x.Exchange
	if x.Retry.Safety == NotSafe && e.Method != "" && slices.Contains(idempotent, e.Method) {
		x.Retry = Retry{Idempotent, fmt.Sprintf("%s; but %s is idempotent by its method (RFC 9110 §9.2.2)", x.Retry.Why, e.Method)}
	}
}

func (x *examiner) mayRepeat() Retry {
	e, server := &x.Exchange, &x.sides[Server]
	partly := x.Connection.Midway || x.Connection.OneWay || x.stood()
	switch {
	case server.syn == nil && !partly && x.ended(survey.Refusal):
		return Retry{Safe, "the connection was refused: nothing of a request has reached the server's program"}
	case x.sides[Client].syn != nil && server.syn == nil && !partly && !x.spoke():
		return Retry{Safe, "the connection was never established, and no octet of a request was sent"}
	case x.Connection.OneWay:
		return Retry{NotSafe, "of one side nothing was captured: whether it had the request can not be told"}
	case e.Complete && e.Request.Sent > 0:
		return Retry{NotNeeded, "the answer came whole"}
	case e.Request.Sent == 0 && !x.Connection.Midway && x.LeftOut == 0 && !x.missing(Client):
		return Retry{NotNeeded, "the client had sent no request"}
	case e.Request.Sent == 0:
		return Retry{NotSafe, "the request is not in what was looked at"}
	case e.Answer.Sent > 0 && x.several:
		return Retry{NotSafe, "the client had sent several requests, and whether each was answered was not looked at"}
	case e.Answer.Sent > 0 && !e.Torn && server.fin != nil && (x.reset == nil || x.reset.Frame > server.fin.ID):
		return Retry{NotNeeded, "the server has answered, and ended its stream with a FIN"}
	case e.Answer.Sent > 0:
		return Retry{NotSafe, "the server has had the request: part of its answer had come"}
	case e.Request.Acked > 0:
		return Retry{NotSafe, fmt.Sprintf("the server's kernel had acknowledged %s, and its program may have acted on them",
			counted(int(e.Request.Acked), "octet of the request", "octets of the request"))}
	}
	return x.unacknowledged()
}

// unacknowledged judges a request of which the server has acknowledged nothing.
func (x *examiner) unacknowledged() Retry {
	e, r := &x.Exchange, x.reset
	server := &x.sides[Server]
	if r == nil || r.Side != Server || x.Decisive != r.Frame {
		return Retry{NotSafe, "nothing was acknowledged, but the acknowledgement may be what was lost"}
	}
	rst := x.segment(r.Frame)
	request, _ := x.lastTurns()
	closedBefore := server.fin != nil && server.fin.ID < rst.ID && !server.fin.Ack.After(request.from)
	switch {
	case x.Forged == NotItsOwn || x.Forged == Suspect:
		return Retry{NotSafe, "nothing was acknowledged, but the RST may not be the server's own: the request may have reached it all the same"}
	case !x.begins(request):
		return Retry{NotSafe, "nothing of it was acknowledged, but it may go on with what the server had had before: no pause and no head shows that it begins there"}
	case x.Connection.Midway && (!x.fits(rst) || !request.whole || request.first == x.turns[0].first):
		return Retry{NotSafe, "nothing of it was acknowledged, but what the request began with may lie before the capture"}
	case x.denied(request) && (closedBefore || e.Request.Resent == 0):
		return Retry{Safe, "no octet of the request was acknowledged: it was answered by a RST for want of a socket, so no program has read it"}
	case r.Kind == survey.Active && rst.Flags.Has(capture.ACK) && !rst.Ack.After(request.from) && x.reset.Fate == Believed:
		return Retry{Safe, "the server aborted before any octet of the request had come, as its RST,ACK says"}
	case e.Request.Resent > 0:
		return Retry{NotSafe, "the request was sent more than once: a first copy may have arrived, and only its acknowledgement been lost"}
	}
	return Retry{NotSafe, "nothing was acknowledged, but that does not show that nothing arrived"}
}

// denied reports whether a RST of the server answers a segment of the request for
// want of a socket; it need not be the one that the client believed.
func (x *examiner) denied(request *turn) bool {
	return slices.ContainsFunc(x.Resets, func(r Reset) bool {
		return r.Side == Server && r.Kind == survey.Passive && x.answersRequest(&r, request)
	})
}

// answersRequest reports whether a RST answers a segment of the request.
func (x *examiner) answersRequest(r *Reset, request *turn) bool {
	p := x.segment(r.Provoker)
	return p != nil && p.Len > 0 && p.Src == request.first.Src && !p.Seq.Before(request.from)
}

// stood reports whether the connection was opened, although the capture may lack
// the SYN,ACK: the client goes on, or the server acknowledges more than the SYN.
func (x *examiner) stood() bool {
	syn := x.sides[Client].syn
	if x.answerUnseen() || syn == nil {
		return true
	}
	return slices.ContainsFunc(x.sides[Server].rsts, func(s *capture.Segment) bool { return s.Flags.Has(capture.ACK) && s.Ack.After(syn.End()) })
}

// spoke reports whether any payload was captured.
func (x *examiner) spoke() bool {
	return x.Connection.Sides[Client].Octets+x.Connection.Sides[Server].Octets > 0
}

func (x *examiner) bothFINs() bool { return x.sides[Client].fin != nil && x.sides[Server].fin != nil }
