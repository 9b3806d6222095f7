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

// testMain runs the tests in a sandbox, which hears the kernel through this
// process where that may.
func testMain(m *testing.M) int {
	var loan *probe.Loan
	defer func() {
		if loan != nil {
			loan.Close()
		}
	}()
	return sandboxtest.MainWith(m, func() sandbox.Options {
		l, err := probe.Lend()
		if err != nil {
			return sandbox.Options{Env: []string{lentVar + "=" + err.Error()}}
		}
		loan = l
		return sandbox.Options{Files: l.Files(), Env: []string{lentVar + "=yes"}, Started: func(pid int) {
			if l.To(pid) != nil {
				l.Close()
			}
		}}
	})
}

// borrow hears the kernel, or skips the test. One test alone may call it: the
// descriptors are used up.
func borrow(t *testing.T) *probe.Probe {
	t.Helper()
	if why := os.Getenv(lentVar); why != "yes" {
		t.Skipf("needs CAP_BPF outside the sandbox: %s", why)
	}
	var files []*os.File
	for fd := range 3 {
		files = append(files, os.NewFile(uintptr(fd+3), "lent"))
	}
	p, err := probe.Borrow(files)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
