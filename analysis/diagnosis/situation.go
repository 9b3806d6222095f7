package diagnosis

import (
	"fmt"

	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
)

// situations are the known ones, in the order in which they are tried: each
// function returns false unless the evidence fits.
var situations = []func(*examiner) (Situation, bool){
	// before the connection stood
	(*examiner).halfOpen, (*examiner).refused, (*examiner).rejected, (*examiner).unanswered, (*examiner).abandoned,
	// ended by a RST
	(*examiner).notItsOwn, (*examiner).probesUnanswered, (*examiner).harmless, (*examiner).keepAliveRace, (*examiner).afterClose,
	(*examiner).givenUp, (*examiner).silentThenUnknown, (*examiner).idleTimeout, (*examiner).unknownPeer,
	(*examiner).serverAborts, (*examiner).clientAborts,
	// without one
	(*examiner).noAnswer, (*examiner).probing, (*examiner).tornByFIN, (*examiner).unansweredRequest, (*examiner).normal, (*examiner).halfClosed, (*examiner).disbelieved,
}

// situation names what the evidence fits.
func (x *examiner) situation() {
	for _, try := range situations {
		if s, ok := try(x); ok {
			x.Situation = s
			return
		}
	}
	x.Situation = Situation{Name: "open", Says: "nothing ended the connection before the capture did" + x.standing()}
	if p := &x.sides[Client]; p.hasAck && p.opened && p.edge.After(p.acked) {
		x.Situation.Says += "; the client's last octets had not been acknowledged"
	}
}

// standing says how long nothing was said in the end.
func (x *examiner) standing() string {
	if n := len(x.turns); n > 0 {
		return fmt.Sprintf("; the %s spoke last", survey.SideName(x.turns[n-1].side))
	}
	return "; nothing was said"
}

// ended reports whether a RST of that kind ended the connection.
func (x *examiner) ended(kinds ...survey.Kind) bool {
	if x.reset == nil || x.reset.Frame != x.Decisive {
		return false
	}
	for _, k := range kinds {
		if x.reset.Kind == k {
			return true
		}
	}
	return len(kinds) == 0
}

// closedBefore returns the FIN that a side had sent before the decisive RST; nil
// if it had not.
func (x *examiner) closedBefore(side int) *capture.Segment {
	if fin := x.sides[side].fin; fin != nil && x.end != nil && fin.ID < x.end.ID {
		return fin
	}
	return nil
}

// supposed weakens a sentence about a RST of which too little was captured.
func (x *examiner) supposed() string {
	if x.reset != nil && x.reset.Fate != Believed {
		return "probably "
	}
	return ""
}

func octets(n uint64) string {
	if n == 1 {
		return "1 octet"
	}
	return fmt.Sprintf("%d octets", n)
}

// request names the request, such as "its request (POST /orders, 98 octets)".
func (x *examiner) request() string {
	e := &x.Exchange
	if e.Method != "" {
		return fmt.Sprintf("request (%s %s, %s)", e.Method, e.Target, octets(e.Request.Sent))
	}
	return fmt.Sprintf("request (%s)", octets(e.Request.Sent))
}

// answer names how much of an answer had come.
func (x *examiner) answer() string {
	e := &x.Exchange
	t := octets(e.Answer.Sent) + " of its answer"
	if e.Status != 0 {
		t += fmt.Sprintf(" (status %d", e.Status)
		if e.Awaited >= 0 {
			t += fmt.Sprintf(", a body of %s announced", octets(uint64(e.Awaited)))
		}
		t += ")"
	}
	return t
}
