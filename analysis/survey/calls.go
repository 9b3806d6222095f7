package survey

import (
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// Results is what a call may return: faults, and [OK] and [Waits], joined with
// "|", the likeliest first. What stands behind CLOSED is what is returned if the
// program has not closed the socket itself after all.
type Results string

// The results that are no fault.
const (
	OK      Results = "ok"
	Waits   Results = "waits"   // for as long as nothing comes
	Unknown Results = "unknown" // the capture does not tell, or nobody has a socket there
)

// List takes the results apart.
func (r Results) List() []string { return strings.Split(string(r), "|") }

// Has reports whether the call may return the fault f, by a program that has not
// closed the socket itself.
func (r Results) Has(f scenario.Fault) bool {
	for _, word := range r.List() {
		switch word {
		case string(f):
			return true
		case string(scenario.Closed):
			return false
		}
	}
	return false
}

// Surely reports whether the call returns f and nothing else.
func (r Results) Surely(f scenario.Fault) bool { return string(r) == string(f) }

// or adds a result.
func (r *Results) or(word Results) {
	switch {
	case *r == "":
		*r = word
	case !slices.Contains(r.List(), string(word)):
		*r += "|" + word
	}
}

func resultOf(f scenario.Fault) Results {
	switch f {
	case "":
		return OK
	case analysis.Blocks:
		return Waits
	}
	return Results(f)
}

// Calls is what the next calls of one side return, by the rules of the
// tracker's model: of a program that still has the socket, whose queue is empty
// and that has not been told of any error before. A FIN that the side sent is
// taken for shutdown(2), which can not be told from close(2).
type Calls struct {
	Dial        Results // "" unless a dial is under way, or has just failed
	Read, Write Results
	// GivesUp is what they return once the kernel has given up: "" unless
	// something that the side has sent stayed unanswered to the capture's end.
	GivesUp scenario.Fault
}

var unknownCalls = Calls{Read: Unknown, Write: Unknown}

// add adds what another outlook allows.
func (c *Calls) add(o analysis.Outlook, opening bool) {
	if opening {
		c.Dial.or(resultOf(o.Dial))
	}
	c.Read.or(resultOf(o.Read))
	c.Write.or(resultOf(o.Write))
}

// Faults returns every fault that the side may be told of, each once.
func (c *Calls) Faults() (list []scenario.Fault) {
	for _, r := range []Results{c.Dial, c.Read, c.Write, Results(c.GivesUp)} {
		for _, word := range r.List() {
			f := scenario.Fault(word)
			if r != "" && r != Unknown && f != scenario.Fault(OK) && f != scenario.Fault(Waits) && r.Has(f) && !slices.Contains(list, f) {
				list = append(list, f)
			}
		}
	}
	return list
}

// Returns reports whether one of the side's next calls may return f.
func (c *Calls) Returns(f scenario.Fault) bool { return slices.Contains(c.Faults(), f) }

// callsOf asks the model what the next calls on a socket return that stands so.
func callsOf(m *analysis.Model, st standing) (c Calls) {
	if st.nobody {
		return unknownCalls
	}
	for _, f := range st.facts() {
		outlooks := m.NextCalls(f)
		if len(outlooks) == 0 {
			return unknownCalls
		}
		for _, o := range outlooks {
			c.add(o, f.Opening)
		}
		if st.inFlight && !f.RST.Is && f.Own == nil && (!st.opening || !f.ICMP.Is()) {
			c.giveUp(m, f)
		}
	}
	return c
}

// giveUp notes what the calls return if the kernel gives up.
func (c *Calls) giveUp(m *analysis.Model, f analysis.Facts) {
	o, ok := m.GivenUp(f)
	for _, fault := range []scenario.Fault{o.Dial, o.Read, o.Write} {
		if ok && fault != "" && fault != scenario.EOF && fault != scenario.EPIPE {
			c.GivesUp = fault
		}
	}
}
