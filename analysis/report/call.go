package report

import (
	"fmt"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// doing says what a call is, before its result is known: "read", "write 2 bytes".
func doing(ev *scenario.Event) string {
	switch ev.Op {
	case scenario.OpWrite:
		if ev.Fault != "" {
			return "write"
		}
		return fmt.Sprintf("write %s", octets(ev.Asked))
	case scenario.OpKill:
		return "killed"
	case scenario.OpVanish:
		return "vanishes"
	case scenario.OpGone:
		return "no socket is left"
	case scenario.OpSetLinger:
		if ev.Asked < 0 {
			return "set-linger off"
		}
		return fmt.Sprintf("set-linger %d s", ev.Asked)
	}
	return string(ev.Op)
}

// octets says a number of bytes.
func octets(n int) string {
	if n == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}

// outcome says what a call returned: "→ 3 bytes", "✗ ECONNRESET", "→ 3 bytes,
// ✗ ECONNRESET", "→ EOF", or "" where success needs no words.
func (s *style) outcome(ev *scenario.Event) string {
	switch {
	case ev.End.IsZero():
		return s.dots + " never returned"
	case ev.Fault == scenario.EOF:
		return s.to + " EOF"
	case ev.Fault != "" && ev.N > 0:
		return fmt.Sprintf("%s %s, %s %s", s.to, octets(ev.N), s.cross, ev.Fault)
	case ev.Fault != "":
		return fmt.Sprintf("%s %s", s.cross, ev.Fault)
	case ev.Op == scenario.OpRead:
		return fmt.Sprintf("%s %s", s.to, octets(ev.N))
	case ev.Op == scenario.OpWrite && ev.N != ev.Asked:
		return fmt.Sprintf("%s %s", s.to, octets(ev.N))
	case ev.Op == scenario.OpPoll:
		return s.to + " " + polled(ev.N)
	case ev.Op == scenario.OpDial, ev.Op == scenario.OpAccept:
		return s.to + " ok"
	}
	return ""
}

// polled names the bits that a poll found (poll(2)).
func polled(n int) string {
	switch {
	case n&scenario.PollHup != 0 && n&scenario.PollErr != 0:
		return "HUP, ERR"
	case n&scenario.PollHup != 0:
		return "HUP"
	case n&scenario.PollRdHup != 0:
		return "RDHUP"
	}
	return "nothing"
}

// title names a call in a sentence or a table: "client read ✗ ECONNRESET".
func (s *style) title(ev *scenario.Event) string {
	t := string(ev.Role) + " " + doing(ev)
	if o := s.outcome(ev); o != "" {
		t += " " + o
	}
	return s.text(t)
}

// causeOf returns the segment that caused a call's result, 0 if none did.
func causeOf(r *analysis.Run, event int) int {
	if v := r.Verdict(event); v != nil {
		return v.Cause.Segment
	}
	return 0
}
