package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/analysis/session"
	"github.com/rstwatch/rstwatch/capture/kernel/probe"
	"github.com/rstwatch/rstwatch/capture/live"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/sandbox"
)

// errSandboxed says that the work is for a child in a private namespace.
var errSandboxed = errors.New("to be run in a private namespace")

// errLabOutside refuses to change the host's network.
var errLabOutside = errors.New("a scenario that changes the network runs in a private namespace alone")

// open opens the session here, unless --sandbox always or a scenario that changes
// the network sends it elsewhere.
func (f *runFlags) open(ctx context.Context, scenarios []*scenario.Scenario) (*session.Session, error) {
	changes := slices.ContainsFunc(scenarios, changesNetwork)
	if sandbox.Inside() {
		if err := sandbox.Up(); err != nil {
			return nil, err
		}
	} else if f.sandbox.value == "always" || changes && f.sandbox.value == "auto" {
		return nil, errSandboxed
	} else if changes {
		return nil, errLabOutside
	}
	kernel, deaf := borrowedKernel()
	return session.Open(ctx, session.Options{Interface: f.iface, Families: f.families(), Port: f.port, Kernel: kernel, Deaf: deaf})
}

// needsSandbox reports whether the program has to be run in a private
// namespace: because it shall be, or because it may not capture here. Where it
// may not, no other obstacle on the host counts, such as a port in use.
func (f *runFlags) needsSandbox(err error) bool {
	if err == nil || sandbox.Inside() || f.sandbox.value == "never" {
		return false
	}
	return errors.Is(err, errSandboxed) || !f.mayCapture()
}

// mayCapture tries whether this process has the right to capture here.
func (f *runFlags) mayCapture() bool {
	h, err := live.Open(live.Options{Interface: f.iface, Ports: []uint16{1}})
	if err != nil {
		return !errors.Is(err, live.ErrPermission)
	}
	h.Close()
	return true
}

// enterSandbox re-executes the program in a private namespace, which does the
// work, and ends as the child has ended.
func (f *runFlags) enterSandbox(stdout io.Writer) error {
	o := sandbox.Options{UID: -1, GID: -1}
	if f.input != "" {
		o.Stdin = strings.NewReader(f.input) // this process has read it
	}
	if uid, gid, ok := sandbox.Invoker(); ok {
		o.UID, o.GID = uid, gid
	}
	ended := func(int) {}
	if f.step {
		ended = guardTerminal(stdout)
	}
	defer lendKernel(new(probe.Lender), probe.Options{}, &o)()
	code, err := sandbox.Run(o)
	if err != nil {
		return noRight(err)
	}
	ended(code)
	return quietly(code)
}

// openFailure turns what can go wrong with opening into the next step.
func openFailure(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, live.ErrPermission), errors.Is(err, sandbox.ErrForbidden), errors.Is(err, sandbox.ErrStripped):
		return noRight(err)
	case errors.Is(err, live.ErrInterface), errors.Is(err, live.ErrNotLoopback):
		return &failure{code: exitUsage, err: err, hint: "rstwatch run without -i: it finds the loopback interface"}
	case errors.Is(err, syscall.EADDRINUSE):
		return &failure{code: exitUsage, err: err, hint: "another --port, or none: a free one is taken"}
	case errors.Is(err, syscall.EADDRNOTAVAIL), errors.Is(err, syscall.EAFNOSUPPORT):
		return &failure{code: exitUsage, err: err, hint: "rstwatch run -4: this machine has no such loopback address"}
	case errors.Is(err, syscall.EACCES):
		return &failure{code: exitUsage, err: err, hint: "a --port from 1024 on"}
	case errors.Is(err, errLabOutside):
		return &failure{code: exitUsage, err: err, hint: "rstwatch run without --sandbox never"}
	case ctx.Err() != nil:
		return &failure{code: exitInterrupted, err: errors.New("interrupted before anything was run")}
	}
	return &failure{code: exitInconclusive, err: err, hint: "rstwatch doctor"}
}

// noRight is the failure for want of the right to capture. Root that may not
// capture is in a container that has taken the right away.
func noRight(err error) error {
	remedy := "sudo rstwatch run"
	if os.Geteuid() == 0 {
		remedy = "start it with CAP_NET_RAW (docker run --cap-add NET_RAW)"
	}
	return &failure{code: exitNoRight, err: err, hint: remedy + ", or rstwatch doctor for what this machine allows"}
}

// orReplay names, where there is no right to run what was asked for, the command
// that shows its recordings.
func (f *runFlags) orReplay(args []string, err error) error {
	var no *failure
	if !errors.As(err, &no) || no.code != exitNoRight || no.err == nil || slices.ContainsFunc(args, isStory) {
		return err
	}
	words := []string{"rstwatch replay"}
	for _, arg := range args {
		if strings.ContainsAny(arg, `*?[\`) {
			arg = "'" + report.Clean(arg) + "'"
		}
		words = append(words, arg)
	}
	if f.all {
		words = append(words, "--all")
	}
	for _, tag := range f.tags {
		words = append(words, "--tag", tag)
	}
	if f.six && f.four {
		words = append(words, "-4")
	}
	if f.six {
		words = append(words, "-6")
	}
	if f.step {
		words = append(words, "--step")
	}
	return &failure{code: no.code, err: no.err, hint: no.hint + ", or " + strings.Join(words, " ") + " for a recording"}
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
