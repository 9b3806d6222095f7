package diagnosis

import (
	"time"

	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
)

// longIdle is as long as the shortest limits that are in use: Node.js closes a
// connection that has been idle for 5 s, other servers after 15 s and more,
// firewalls and load balancers after 30 s and more.
const longIdle = 4500 * time.Millisecond

// idle finds the pause before what began the end.
func (x *examiner) idle() {
	if x.trigger == nil {
		return
	}
	x.Idle.Until = x.trigger.ID
	x.Idle.For, x.Idle.Probes = x.pauseBefore(x.trigger)
	x.Idle.Long = x.Idle.For >= longIdle
}

// exchange finds the last request and what came of it.
func (x *examiner) exchange() {
	x.Exchange.Awaited = -1
	request, answer := x.lastTurns()
	if request == nil && answer == nil {
		return
	}
	if request != nil {
		x.Exchange.Request, x.Exchange.Earlier = x.count(request), x.earlier(request)
		text := x.text(request)
		x.Exchange.Method, x.Exchange.Target = requestLine(text, request.octets)
		x.several = x.Exchange.Method == "" && isRequest(text)
	}
	if answer == nil || request != nil && x.Exchange.Request.Acked == 0 && x.sides[Client].hasAck {
		return // what acknowledges nothing of the request does not answer it
	}
	x.Exchange.Answer = x.count(answer)
	if !answer.whole {
		return
	}
	head := answerHead(x.text(answer), x.Exchange.Method)
	x.Exchange.Status, x.Exchange.Awaited = head.status, head.length
	body := int64(answer.octets) - int64(head.size)
	switch {
	case head.status == 0 || head.size == 0 || x.several:
	case head.length >= 0:
		x.Exchange.Complete, x.Exchange.Torn = body >= head.length, body < head.length
	case head.chunked:
		if tail := capture.Payload(answer.last.Frame); len(tail) == answer.last.Len {
			x.Exchange.Complete = endsChunks(tail)
			x.Exchange.Torn = !x.Exchange.Complete && x.over(Server)
		}
	default: // the body ends with the connection
		x.Exchange.Complete = x.sides[Server].fin != nil
	}
}

// lastTurns returns the client's last turn that asks for something, and the
// server's after it; nil for what there is not.
func (x *examiner) lastTurns() (request, answer *turn) {
	for i := len(x.turns) - 1; i >= 0; i-- {
		t := &x.turns[i]
		switch {
		case t.side == Server && answer == nil && request == nil && !x.farewell(t):
			answer = t
		case t.side == Client && request == nil && !x.farewell(t) && !x.stray(t):
			request = t
		}
	}
	return request, answer
}

// stray reports whether a turn is the rest of what the client was sending when the
// server's RST,ACK came to it.
func (x *examiner) stray(t *turn) bool {
	return x.end != nil && t.first.ID > x.end.ID && x.ended(survey.Active) && x.reset.Side == Server && !x.begins(t)
}

// begins reports whether a request is known to begin with a turn of the client's:
// it is the first, but for the hello of TLS, it has the head of one, or came after
// a pause.
func (x *examiner) begins(t *turn) bool {
	least := 1
	if x.greeted() {
		least = 2
	}
	if n := x.earlier(t); n < least && !x.Connection.Midway && x.LeftOut == 0 {
		return true
	}
	pause, _ := x.pauseBefore(t.first)
	return pause >= leastIdle || beginsRequest(x.text(t))
}

// greeted reports whether the client's first octets are the hello of TLS.
func (x *examiner) greeted() bool {
	const handshake = 22
	p := x.firstData(Client)
	if p == nil {
		return false
	}
	text := capture.Payload(p.Frame)
	return len(text) > 1 && text[0] == handshake && text[1] == 3
}

// earlier counts the turns of the client's before a request.
func (x *examiner) earlier(request *turn) (n int) {
	for i := range x.turns {
		if t := &x.turns[i]; t.side == Client && t.first.ID < request.first.ID && !x.farewell(t) {
			n++
		}
	}
	return n
}

// farewell reports whether a turn is nothing but the close_notify with which TLS
// ends its stream: one record, as short as an alert is when it is encrypted
// (RFC 8446 §6.1), of a side that has sent its FIN or got the other's.
func (x *examiner) farewell(t *turn) bool {
	const alert, applicationData = 21, 23
	const longestAlert, encryptedAlert = 128, 24 // the second in TLS 1.3, where its type is hidden
	p := capture.Payload(t.first.Frame)
	if t.first != t.last || t.octets > longestAlert || len(p) < 5 || p[1] != 3 || int(p[3])<<8|int(p[4]) != t.first.Len-5 {
		return false
	}
	return (p[0] == alert || p[0] == applicationData && t.octets == encryptedAlert) && (x.sides[0].fin != nil || x.sides[1].fin != nil)
}

// over reports whether a side has ended its stream, or its connection.
func (x *examiner) over(side int) bool {
	return x.sides[side].fin != nil || len(x.sides[side].rsts) > 0
}

// mostText is as much of a turn as is read for its head.
const mostText = 16 << 10

// text returns what was captured of the begin of a turn without a hole.
func (x *examiner) text(t *turn) (text []byte) {
	next := t.from
	if !t.whole && t.first.Seq != t.from {
		return nil
	}
	for i := range x.segments() {
		s := &x.segments()[i]
		if s.ID < t.first.ID || s.Src != t.first.Src || s.Len == 0 || s.ICMP.Is() || s.Flags.Has(capture.RST) {
			continue
		}
		if s.ID > t.last.ID || len(text) >= mostText {
			break
		}
		skip := next.Sub(s.Seq)
		if skip < 0 {
			break // a hole
		}
		p := capture.Payload(s.Frame)
		if skip >= len(p) {
			if len(p) < s.Len {
				break // the rest of it was not captured
			}
			continue
		}
		text = append(text, p[skip:]...)
		if next = next.Add(len(p) - skip); len(p) < s.Len {
			break
		}
	}
	return text
}
