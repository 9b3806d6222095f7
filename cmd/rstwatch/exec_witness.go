package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/rstwatch/rstwatch/analysis/session"
	"github.com/rstwatch/rstwatch/capture/kernel/probe"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/journal"
	"github.com/rstwatch/rstwatch/scenario/traced"
)

// Who witnesses a command's calls.
const (
	byKernel = "kernel" // eBPF programs on the system calls' trace events
	byPtrace = "ptrace"
)

// witnessVar is an environment variable that stands for the flag, so that scripts can be
// run in both ways.
const witnessVar = "RSTWATCH_WITNESS"

// checkWitness refuses a witness that there is none of.
func (f *execFlags) checkWitness() error {
	f.witness = cmp.Or(f.witness, os.Getenv(witnessVar))
	if slices.Contains([]string{"", byKernel, byPtrace}, f.witness) {
		return nil
	}
	return &failure{code: exitFailed, err: fmt.Errorf("no witness of calls is called %q", f.witness), hint: "--witness kernel, or --witness ptrace"}
}

// lends is what the parent lends of the kernel's word.
func (f *execFlags) lends() probe.Options { return probe.Options{Calls: f.witness != byPtrace} }

// chooseWitness says who witnesses the calls, once the session is open: the kernel where
// it tells of them, unless another is asked for.
func (f *execFlags) chooseWitness(s *session.Session, stderr io.Writer) (witness string, err error) {
	switch {
	case s.HearsCalls():
		witness = byKernel
	case f.witness == byKernel:
		why := cmp.Or(s.Kernel(), errors.New("it was not asked with eBPF"))
		return "", &failure{code: exitFailed, err: fmt.Errorf("the kernel does not tell of the calls: %s", probe.Because(why)),
			hint: "as root, where rstwatch doctor says that eBPF is allowed; or --witness ptrace"}
	default:
		witness = byPtrace
	}
	if f.verbose {
		line := "rstwatch: the calls are witnessed by the " + byKernel
		if witness == byPtrace {
			line = "rstwatch: the calls are witnessed by " + byPtrace
			if why := s.Kernel(); why != nil && f.witness == "" {
				line += ", for the kernel does not tell of them: " + probe.Because(why)
			}
		}
		fmt.Fprintln(stderr, line)
	}
	return witness, nil
}

// watch runs a command, and explains what a witness saw of it.
func watch(s *session.Session, witness, name string, wanted func([]scenario.Event) bool, run func() (traced.Result, error)) (w session.Witnessed, err error) {
	if witness == byKernel {
		w, err = s.WitnessHeard(name, wanted, func() ([]journal.Ending, error) {
			r, err := run()
			return r.Endings, err
		})
	} else {
		w, err = s.Witness(name, wanted, func() ([]scenario.Event, error) {
			r, err := run()
			return r.Events, err
		})
	}
	for _, r := range w.Runs {
		r.Witness = witness
	}
	return w, err
}
