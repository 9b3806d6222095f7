package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/rstwatch/rstwatch/analysis/session"
	"github.com/rstwatch/rstwatch/capture/live"
	"github.com/rstwatch/rstwatch/scenario/sandbox"
)

// enter re-executes the program in a private namespace where that is asked
// for, or where the host's loopback may not be captured. done means that the
// child has done the work, and code is what it ended with.
func (f *runFlags) enter(stderr io.Writer) (code int, done bool, err error) {
	switch {
	case sandbox.Inside():
		if err := sandbox.Up(); err != nil {
			return 0, false, noRight(err)
		}
		return 0, false, nil
	case f.sandbox.value == "never", f.sandbox.value == "auto" && f.mayCapture():
		return 0, false, nil
	}
	o := sandbox.Options{UID: -1, GID: -1}
	if uid, gid, ok := sandbox.Invoker(); ok {
		o.UID, o.GID = uid, gid
	}
	code, err = sandbox.Run(o)
	if err != nil {
		return 0, false, noRight(err)
	}
	return code, true, nil
}

// mayCapture reports whether this process has the right to capture on the
// host, by trying. Another obstacle than the right is left for open to meet.
func (f *runFlags) mayCapture() bool {
	h, err := live.Open(live.Options{Interface: f.iface, Ports: []uint16{1}})
	if err != nil {
		return !errors.Is(err, live.ErrPermission)
	}
	h.Close()
	return true
}

// open opens the session and turns what can go wrong into the next step.
func (f *runFlags) open(ctx context.Context) (*session.Session, error) {
	s, err := session.Open(ctx, session.Options{Interface: f.iface, Families: f.families(), Port: f.port})
	switch {
	case err == nil:
		return s, nil
	case errors.Is(err, live.ErrPermission):
		return nil, noRight(err)
	case errors.Is(err, live.ErrInterface), errors.Is(err, live.ErrNotLoopback):
		return nil, &failure{code: exitUsage, err: err, hint: "rstwatch run without -i: it finds the loopback interface"}
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, &failure{code: exitUsage, err: err, hint: "another --port, or none: a free one is taken"}
	case errors.Is(err, syscall.EADDRNOTAVAIL), errors.Is(err, syscall.EAFNOSUPPORT):
		return nil, &failure{code: exitUsage, err: err, hint: "rstwatch run -4: this machine has no such loopback address"}
	case errors.Is(err, syscall.EACCES):
		return nil, &failure{code: exitUsage, err: err, hint: "a --port from 1024 on"}
	case ctx.Err() != nil:
		return nil, &failure{code: exitInterrupted, err: errors.New("interrupted before anything was run")}
	}
	return nil, &failure{code: exitInconclusive, err: err, hint: "rstwatch doctor"}
}

func noRight(err error) error {
	return &failure{code: exitNoRight, err: err, hint: "sudo rstwatch run, or rstwatch doctor for what this machine allows"}
}

// giveUpRoot makes the process the user's who called sudo: with the capture
// open, nothing needs root any more.
func giveUpRoot(stderr io.Writer, quiet bool) error {
	if os.Geteuid() != 0 {
		return nil
	}
	uid, gid, ok := sandbox.Invoker()
	if !ok {
		if !quiet && !sandbox.Inside() {
			fmt.Fprintln(stderr, "rstwatch: running as root and staying so: SUDO_UID names nobody to become")
		}
		return nil
	}
	if err := sandbox.GiveUpRoot(uid, gid, sandbox.Groups(uid, gid)); err != nil {
		return &failure{code: exitNoRight, err: fmt.Errorf("give up root: %w", err)}
	}
	return nil
}
