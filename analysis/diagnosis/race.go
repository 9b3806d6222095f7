package diagnosis

import (
	"fmt"
	"time"

	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
)

// keepAliveRace: the server closes an idle connection as the next request comes.
func (x *examiner) keepAliveRace() (Situation, bool) {
	e := &x.Exchange
	if x.reset == nil || !x.ended() || x.reset.Side != Server || e.Request.Sent == 0 || e.Answer.Sent > 0 {
		return Situation{}, false
	}
	request, _ := x.lastTurns()
	if fin := x.closedBefore(Server); fin != nil && x.reset.Kind == survey.Passive {
		return x.finRace(fin, request)
	}
	return x.abortRace(request)
}

// finRace: the server's FIN and the request cross, or the client did not look.
func (x *examiner) finRace(fin *capture.Segment, request *turn) (Situation, bool) {
	idle, _ := x.pauseBefore(x.goodbye(fin))
	if request.first.ID < fin.ID {
		idle, _ = x.pauseBefore(request.first)
		idle += fin.Time.Sub(request.first.Time) // the request has not come to it yet
	}
	if !x.kept(idle) || request.first.ID < fin.ID && fin.Ack.After(request.from) {
		return Situation{}, false
	}
	s := Situation{Name: "keep-alive race"}
	s.Says = fmt.Sprintf("the server closed the connection after %s without a request (#%d FIN)", short(idle), fin.ID)
	gap := request.first.Time.Sub(fin.Time)
	crossed := gap < 0 || !request.first.Ack.After(fin.Seq.Add(fin.Len))
	switch {
	case !crossed && idle < leastIdle:
		return Situation{}, false // it had closed of purpose, after its answer
	case crossed:
		s.Says += fmt.Sprintf(" as the client's next %s was on its way: the two crossed, and the server's kernel answered the request with a RST", x.request())
	default:
		s.Says += fmt.Sprintf(", and %s after that FIN had arrived the client sent its next %s on it all the same: its program had not "+
			"looked whether the connection still stood. The server's kernel answered with a RST", short(gap), x.request())
	}
	s.Measure = Measure{What: fmt.Sprintf("nothing is left to separate; compare the server's keep-alive timeout with %s, and let the client keep idle "+
		"connections for less than that", short(idle))}
	return s, true
}

// goodbye returns the close_notify with which the sender of a FIN ended its TLS
// just before; the FIN if there is none.
func (x *examiner) goodbye(fin *capture.Segment) *capture.Segment {
	for i := range x.segments() {
		if s := &x.segments()[i]; s.Src == fin.Src && s.Len > 0 && s.End() == fin.Seq && !s.ICMP.Is() && x.lastWords(s) {
			return s
		}
	}
	return fin
}

// leastIdle is as short as the idle timeout of a server can be.
const leastIdle = time.Second

// abortRace: the server closed as the request came in, which its kernel had
// taken already.
func (x *examiner) abortRace(request *turn) (Situation, bool) {
	wait := x.end.Time.Sub(request.first.Time)
	idle, _ := x.pauseBefore(request.first)
	if x.reset.Kind != survey.Active || !x.kept(idle) || wait < 0 || wait > x.soon() || x.closedBefore(Server) != nil || x.closedBefore(Client) != nil {
		return Situation{}, false
	}
	return Situation{Name: "keep-alive race", Says: fmt.Sprintf("the connection had been idle for %s since the answer before; %s after the first octet of the next "+
		"%s the server aborted it, without a word: it %sclosed the idle connection just then, with the request unread", short(idle), short(wait), x.request(), x.perhaps(idle)),
		Causes: []string{"the server's keep-alive timeout ran out as the request came", "its process was stopped, restarted or killed at that moment",
			"its program threw this request out unread (a limit on requests per connection, say)"},
		Measure: Measure{What: fmt.Sprintf("compare the server's keep-alive timeout with %s, and its log with %s: a restart or a limit would be there",
			short(idle), x.end.Time.UTC().Format("15:04:05.000"))}}, true
}

// kept reports whether a connection was kept open for further requests: it has
// served one, the flights of a TLS handshake not counted, or was idle for long.
func (x *examiner) kept(idle time.Duration) bool {
	const flights = 3
	least := 1
	if x.greeted() {
		least = flights
	}
	return x.Exchange.Earlier >= least || idle >= longIdle
}

func (x *examiner) perhaps(idle time.Duration) string {
	if idle >= longIdle {
		return "probably "
	}
	return "seems to have "
}

// soon is how quickly after a request an abort comes that has nothing to do with
// what it asks for: two round trips, and a few milliseconds.
func (x *examiner) soon() time.Duration { return 2*time.Duration(x.roundTrip()) + 5*time.Millisecond }
