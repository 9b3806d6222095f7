package faults

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/scenario"
)

// TestGuidesAreWhole: nothing is left out that a reader needs, and text is such
// that it can be set in any width.
func TestGuidesAreWhole(t *testing.T) {
	seen := make(map[string]scenario.Fault)
	for _, g := range All() {
		for _, name := range append(append([]string{string(g.Fault)}, g.Prints...), g.Names...) {
			name = strings.ToLower(name)
			if other, twice := seen[name]; twice && other != g.Fault {
				t.Errorf("%q is %s and %s", name, other, g.Fault)
			}
			seen[name] = g.Fault
		}
		text := []string{g.Means, g.Wraps, g.Log}
		for model, calls := range g.Calls {
			if model != linux && model != darwin {
				t.Errorf("%s: there is no model %q", g.Fault, model)
			}
			text = append(text, calls)
		}
		for _, c := range g.Clues {
			if c.Sign == "" || c.Cause == "" {
				t.Errorf("%s: a clue without sign or cause: %+v", g.Fault, c)
			}
		}
		for _, s := range append(text, g.Ignore, g.Retry, g.Danger) {
			if strings.Contains(s, "\n") || strings.Contains(s, "  ") || s != strings.TrimSpace(s) ||
				s != "" && !strings.HasSuffix(s, ".") {
				t.Errorf("%s: not plain sentences: %q", g.Fault, s)
			}
		}
		if g.Means == "" || g.Wraps == "" || g.Log == "" || len(g.Clues) == 0 || len(g.Refs) == 0 {
			t.Errorf("%s: something is missing: %+v", g.Fault, g)
		}
		if g.Fault != scenario.Other && (g.Calls[linux] == "" || g.Retry+g.Danger == "") {
			t.Errorf("%s: which call, and what to do?", g.Fault)
		}
		if first := append(g.Test, "")[0]; first != g.Fault.Test() {
			t.Errorf("%s: the first test is %q, not %q", g.Fault, first, g.Fault.Test())
		}
	}
}

// TestGuidesTellWhatGoSays makes each error as package net would, and compares.
func TestGuidesTellWhatGoSays(t *testing.T) {
	for _, g := range All() {
		err := made(t, g)
		if err == nil {
			continue
		}
		if f := scenario.FaultOf(err); f != g.Fault {
			t.Errorf("%v is %s, not %s", err, f, g.Fault)
		}
		if found, ok := Recognise(err.Error()); !ok || found.Fault != g.Fault {
			t.Errorf("Recognise(%q) = %s, %v", err, found.Fault, ok)
		}
		var ne net.Error
		if timeout := errors.As(err, &ne) && ne.Timeout(); timeout != g.Timeout {
			t.Errorf("%s: Timeout() is %v", g.Fault, timeout)
		}
		if runtime.GOOS == "linux" && !strings.HasSuffix(err.Error(), g.Prints[0]) {
			t.Errorf("%s: %q is printed, not %q", g.Fault, err, g.Prints[0])
		}
	}
}

// made returns the error that a guide is about, nil where there is none to make.
func made(t *testing.T, g Guide) error {
	t.Helper()
	wrapped := func(err error) error {
		return &net.OpError{Op: "read", Net: "tcp", Source: &net.TCPAddr{IP: net.IPv4(10, 0, 3, 7), Port: 51234},
			Addr: &net.TCPAddr{IP: net.IPv4(10, 0, 9, 2), Port: 443}, Err: err}
	}
	switch g.Fault {
	case scenario.EOF:
		return io.EOF
	case scenario.UnexpectedEOF:
		return io.ErrUnexpectedEOF
	case scenario.Deadline:
		return wrapped(os.ErrDeadlineExceeded)
	case scenario.Closed:
		return wrapped(net.ErrClosed)
	case scenario.Canceled:
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := new(net.Dialer).DialContext(ctx, "tcp", "127.0.0.1:9")
		return err
	case scenario.Other:
		return nil
	}
	for n := syscall.Errno(1); n < 134; n++ {
		if unix.ErrnoName(n) == string(g.Fault) {
			return wrapped(os.NewSyscallError("read", n))
		}
	}
	t.Errorf("%s is no errno", g.Fault)
	return nil
}
