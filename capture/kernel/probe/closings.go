package probe

import "github.com/rstwatch/rstwatch/capture/kernel"

// closings are the states that sockets were in before they were closed, by cookie:
// an abort closes its socket first, and what it was in tells why.
type closings map[uint64]kernel.State

// note adds to each RST that has a stack what its socket was in before, by the
// signals that went before it, here or in the last list. It returns what the next
// list begins with.
func (c closings) note(signals []kernel.Signal) closings {
	now := make(closings)
	for i := range signals {
		switch s := &signals[i]; {
		case s.Kind == kernel.SetState && s.Socket != 0 && s.State.String() == "CLOSE":
			now[s.Socket] = s.Before
		case s.Kind == kernel.SendReset && len(s.Stack) > 0 && !s.Answers:
			var known bool
			if s.Before, known = now[s.Socket]; !known {
				s.Before = c[s.Socket]
			}
		}
	}
	return now
}
