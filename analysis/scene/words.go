package scene

import (
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// Doing says what a call is, before its result is known: "read", "write 2 bytes".
func Doing(ev *scenario.Event) string {
	switch ev.Op {
	case scenario.OpWrite:
		if ev.Fault != "" {
			return "write"
		}
		return "write " + Octets(ev.Asked)
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

// Octets says a number of bytes.
func Octets(n int) string {
	if n == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}

// Outcome says what a call returned: "→ 3 bytes", "✗ ECONNRESET", "→ 3 bytes,
// ✗ ECONNRESET", "→ EOF", "… never returned", or "" where success needs no
// words.
func Outcome(ev *scenario.Event) string {
	switch {
	case ev.End.IsZero():
		return "… never returned"
	case ev.Fault == scenario.EOF:
		return "→ EOF"
	case ev.Fault != "" && ev.N > 0:
		return fmt.Sprintf("→ %s, ✗ %s", Octets(ev.N), ev.Fault)
	case ev.Fault != "":
		return "✗ " + string(ev.Fault)
	case ev.Op == scenario.OpRead:
		return "→ " + Octets(ev.N)
	case ev.Op == scenario.OpWrite && ev.N != ev.Asked:
		return "→ " + Octets(ev.N)
	case ev.Op == scenario.OpPoll:
		return "→ " + polled(ev.N)
	case ev.Op == scenario.OpDial, ev.Op == scenario.OpAccept:
		return "→ ok"
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

// Title names a call in a sentence or a table: "client read ✗ ECONNRESET".
func Title(ev *scenario.Event) string {
	t := string(ev.Role) + " " + Doing(ev)
	if o := Outcome(ev); o != "" {
		t += " " + o
	}
	return t
}

// Result names a result in a list: "ok", "waits", "ECONNRESET".
func Result(f scenario.Fault) string {
	switch f {
	case "":
		return "ok"
	case analysis.Blocks:
		return "waits"
	}
	return string(f)
}

// Meaning is what the C library prints for an errno (strerror(3)), or Go for an
// error of its own; "" for what neither knows.
func Meaning(f scenario.Fault) string {
	switch f {
	case scenario.EOF:
		return "end of the stream"
	case scenario.Deadline:
		return "i/o timeout"
	case scenario.UnexpectedEOF:
		return "unexpected EOF"
	case scenario.Closed:
		return "use of closed network connection"
	case scenario.Canceled:
		return "operation was canceled"
	case "":
		return "success"
	}
	for n := syscall.Errno(1); n < 134; n++ {
		if unix.ErrnoName(n) == string(f) {
			return n.Error()
		}
	}
	return ""
}
