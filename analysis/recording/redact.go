package recording

import (
	"fmt"
	"net/netip"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/redact"
	"github.com/rstwatch/rstwatch/scenario"
)

// Redact returns r without what may not be told, explained anew with the same
// verdicts. Frames are those that with makes of them, the addresses of calls the
// same ones; errors are told by their faults, and all other words that a recorder
// is free to choose are left out: names of scenarios, of interfaces and of
// releases, and remarks. Roles other than client and server are numbered. r is
// not changed. The error is [redact.ErrAddresses].
func Redact(r *analysis.Run, with *redact.Redactor) (*analysis.Run, error) {
	c := *r
	c.Scenario, c.Summary, c.Story, c.Capture.Interface, c.Capture.Backend, c.Platform.Release = "", "", "", "", "", ""
	if _, ok := analysis.ModelFor(c.Platform.OS); !ok {
		c.Platform.OS = ""
	}
	if c.Family != scenario.IPv4 && c.Family != scenario.IPv6 {
		c.Family = ""
	}
	c.Differs, c.Trouble = hidden(c.Differs), hidden(c.Trouble)
	if c.Witness != "kernel" && c.Witness != "ptrace" {
		c.Witness = ""
	}
	c.Evidence.Segments = slices.Clone(r.Evidence.Segments)
	for i := range c.Evidence.Segments {
		if err := redactSegment(&c.Evidence.Segments[i], with); err != nil {
			return nil, err
		}
	}
	c.Evidence.Events = slices.Clone(r.Evidence.Events)
	roles := make(map[scenario.Role]scenario.Role)
	for i := range c.Evidence.Events {
		redactCall(&c.Evidence.Events[i], with, roles)
	}
	c.Evidence.Signals = slices.Clone(r.Evidence.Signals)
	for i := range c.Evidence.Signals {
		redactSignal(&c.Evidence.Signals[i], with)
	}
	redactHearing(&c.Evidence.Hearing)
	_ = explain(&c) // if it fails it has failed on r, whose trouble it is
	return &c, nil
}

// redactHearing keeps how far the kernel was heard, but no words that may be another recorder's.
func redactHearing(h *analysis.Hearing) {
	if h.Backend != "" && h.Backend != "ebpf" && h.Backend != "tracefs" {
		h.Backend = "other"
	}
	if h.Without != "" {
		h.Without = "why is redacted"
	}
}

// hidden stands for a remark.
func hidden(remark string) string {
	if remark == "" {
		return ""
	}
	return "there is a remark, which is redacted"
}

func redactSegment(s *capture.Segment, with *redact.Redactor) error {
	f, err := with.Frame(s.Frame)
	if err != nil {
		return err
	}
	f.Data = slices.Clone(f.Data)
	again, err := capture.Decode(s.Time, f)
	again.ID = s.ID
	*s = again
	return err
}

func redactCall(ev *scenario.Event, with *redact.Redactor, roles map[scenario.Role]scenario.Role) {
	for _, a := range []*netip.AddrPort{&ev.Local, &ev.Remote} {
		if a.IsValid() {
			*a = netip.AddrPortFrom(with.Addr(a.Addr()), a.Port())
		}
	}
	if !known(ev.Fault) {
		ev.Fault = scenario.Other
	}
	ev.Err = string(ev.Fault)
	if !knownOp(ev.Op) {
		ev.Op = "other"
	}
	if _, ok := analysis.StateNamed(ev.State); !ok {
		ev.State, ev.StateAt = "", time.Time{}
	}
	if ev.Role != scenario.Client && ev.Role != scenario.Server {
		if roles[ev.Role] == "" {
			roles[ev.Role] = scenario.Role(fmt.Sprintf("role-%d", len(roles)+1))
		}
		ev.Role = roles[ev.Role]
	}
}

// known reports whether a fault is the name of an errno of this system, or one of
// the words beside them.
func known(f scenario.Fault) bool {
	switch f {
	case "", scenario.EOF, scenario.Deadline, scenario.Closed, scenario.Canceled, scenario.Other, scenario.UnexpectedEOF:
		return true
	}
	for n := syscall.Errno(1); n < 134; n++ {
		if unix.ErrnoName(n) == string(f) {
			return true
		}
	}
	return false
}

func knownOp(op scenario.Op) bool {
	switch op {
	case scenario.OpListen, scenario.OpBind, scenario.OpDial, scenario.OpAccept, scenario.OpRead, scenario.OpWrite,
		scenario.OpClose, scenario.OpCloseWrite, scenario.OpCloseRead, scenario.OpSetLinger, scenario.OpSOError, scenario.OpPoll,
		scenario.OpPeek, scenario.OpShutdown, scenario.OpDisconnect, scenario.OpKill, scenario.OpVanish, scenario.OpGone:
		return true
	}
	return op.Library()
}
