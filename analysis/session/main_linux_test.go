package session

import (
	"os"
	"testing"

	"github.com/rstwatch/rstwatch/capture/kernel/probe"
	"github.com/rstwatch/rstwatch/scenario/sandbox"
	"github.com/rstwatch/rstwatch/scenario/sandbox/sandboxtest"
)

// lentVar says that the kernel's word has been lent to this process, in its
// descriptors from 3 on.
const lentVar = "RSTWATCH_TEST_KERNEL"

// loans are what is lent, in order: this kernel, and what it would be if it were
// older.
func loans() []probe.Lack { return []probe.Lack{0, probe.NoReasons | probe.NoLengths} }

// lentFiles are how many descriptors a loan is.
const lentFiles = 3

// testMain runs the tests in a sandbox, which hears the kernel through this
// process where that may.
func testMain(m *testing.M) int {
	var lender probe.Lender
	var lent []*probe.Loan
	end := func() {
		for _, l := range lent {
			l.Close()
		}
	}
	defer end()
	return sandboxtest.MainWith(m, func() sandbox.Options {
		o := sandbox.Options{Env: []string{lentVar + "=yes"}}
		for _, lack := range loans() {
			l, err := lender.Lend(probe.Options{Lack: lack})
			if err != nil {
				end()
				return sandbox.Options{Env: []string{lentVar + "=" + err.Error()}}
			}
			lent = append(lent, l)
			o.Files = append(o.Files, l.Files()...)
		}
		o.Started = func(pid int) {
			for _, l := range lent {
				if l.To(pid) != nil {
					l.Close()
				}
			}
		}
		return o
	})
}

// borrow hears the kernel through one of the loans, or skips the test. Each may be
// had once: its descriptors are used up.
func borrow(t *testing.T, loan int) *probe.Probe {
	t.Helper()
	if why := os.Getenv(lentVar); why != "yes" {
		t.Skipf("needs CAP_BPF outside the sandbox: %s", why)
	}
	var files []*os.File
	for fd := range lentFiles {
		files = append(files, os.NewFile(uintptr(3+lentFiles*loan+fd), "lent"))
	}
	p, err := probe.Borrow(files)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
