package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/analysis/session"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/traced"
)

// tell reports the runs.
func (f *execFlags) tell(out *outputs, w session.Witnessed, stderr io.Writer) error {
	for i, r := range w.Runs {
		if r.Number = i + 1; len(w.Runs) > 1 {
			r.Scenario = fmt.Sprintf("%s, connection %d", r.Scenario, r.Number)
		}
		if err := out.add(r); err != nil {
			return err
		}
	}
	if err := f.single(len(w.Runs), "-w run.pcapng, then rstwatch analyze --run NUMBER --format svg run.pcapng"); err != nil {
		return cmp.Or(out.finishRecording(), err) // the recording has all of them
	}
	if err := out.finish(); err != nil {
		return err
	}
	if w.Missing != nil {
		fmt.Fprintln(stderr, "rstwatch:", w.Missing)
	}
	if !f.quiet {
		f.sum(w, stderr)
	}
	return nil
}

// sum says how many connections there were, where the report does not show it.
func (f *execFlags) sum(w session.Witnessed, stderr io.Writer) {
	wrong := 0
	for _, r := range w.Runs {
		if slices.ContainsFunc(r.Evidence.Events, failed) {
			wrong++
		}
	}
	switch {
	case w.Connections == 0:
		fmt.Fprintln(stderr, "rstwatch: no TCP connection was seen\n"+
			"try: one command that starts client and server, as a test does: nobody outside reaches it")
	case w.Connections == 1 && wrong == 0:
		fmt.Fprintln(stderr, "rstwatch: 1 connection, and no call failed on it")
	case wrong == 0:
		fmt.Fprintf(stderr, "rstwatch: %d connections, and no call failed on any of them\n", w.Connections)
	case w.Connections > 1:
		fmt.Fprintf(stderr, "rstwatch: %d connections, and a call failed on %d of them\n", w.Connections, wrong)
	case f.output != "":
		fmt.Fprintln(stderr, "rstwatch: 1 connection, and a call failed on it")
	}
}

// failed reports whether a call returned an error; the end of a stream is none.
func failed(ev scenario.Event) bool { return ev.Fault != "" && ev.Fault != scenario.EOF }

// unstarted is the failure for a command that was not run.
func unstarted(name string, err error) error {
	if looked := (*exec.Error)(nil); errors.As(err, &looked) {
		err = looked.Err // without the name, which is said already
	}
	f := &failure{code: exitNotRun, err: fmt.Errorf("%s: %w", report.Clean(name), err)}
	switch {
	case errors.Is(err, traced.ErrRefused): // not the command's doing
		f.code, f.hint = exitFailed, traceable(os.ReadFile)
	case errors.Is(err, traced.ErrStart) && errors.Is(err, fs.ErrNotExist):
		f.hint = "another interpreter in its first line (#!): that one, or its loader, is not there"
	case errors.Is(err, unix.ENOEXEC):
		f.hint = "a program for this machine, or a script that begins with a line such as #!/bin/sh"
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		f.code, f.hint = exitNotCommand, "a command in PATH, or the path to one"
	case errors.Is(err, exec.ErrDot):
		f.hint = "./" + report.Clean(name)
	case errors.Is(err, unix.EISDIR):
		f.hint = "a command in PATH, or the path to one"
	case errors.Is(err, fs.ErrPermission):
		f.hint = "chmod +x, or its interpreter before it, as in python3 FILE"
	case !errors.Is(err, traced.ErrStart):
		f.code, f.hint = exitFailed, "rstwatch doctor"
	}
	return f
}
