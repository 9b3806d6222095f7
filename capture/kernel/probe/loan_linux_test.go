//go:build amd64 || arm64

package probe

import (
	"errors"
	"os"
	"slices"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/capture/kernel"
)

// lendTo makes a loan, or skips the test and says what is missing.
func lendTo(t *testing.T, o Options) *Loan {
	t.Helper()
	l, err := new(Lender).Lend(o)
	if errors.Is(err, ErrPermission) || errors.Is(err, errors.ErrUnsupported) {
		t.Skipf("needs CAP_BPF, CAP_PERFMON and the kernel's BTF: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// inherited are a loan's files as a child has them.
func inherited(t *testing.T, l *Loan) (files []*os.File) {
	t.Helper()
	for _, f := range l.Files() {
		fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, os.NewFile(uintptr(fd), f.Name()))
	}
	return files
}

// connected reports whether signals tell of a connection to an address.
func connected(t *testing.T, p *Probe) bool {
	t.Helper()
	listener, addr := listen(t, "127.0.0.1:0")
	pair(t, listener)
	list := take(t, p)
	return slices.ContainsFunc(list, func(s kernel.Signal) bool { return s.Kind == kernel.SetState && s.Remote == addr })
}

func TestLoan(t *testing.T) {
	l := lendTo(t, Options{})
	defer l.Close()
	files := inherited(t, l)
	if err := l.To(syscall.Getpid()); err != nil {
		t.Fatal(err)
	}
	p, err := Borrow(files)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if p.Offer().Backend != "ebpf" || p.Offer().Reasons != l.loaded.Offer.Reasons {
		t.Errorf("the borrower is offered %+v of %+v", p.Offer(), l.loaded.Offer)
	}
	if !connected(t, p) {
		t.Error("a connection of the namespace was not heard")
	}
	if err := l.control.only(nowhere); err != nil {
		t.Fatal(err)
	}
	if connected(t, p) {
		t.Error("a connection of another namespace was heard")
	}
}

// TestLoanRefused: a child is not left waiting for a parent that gave up.
func TestLoanRefused(t *testing.T) {
	l := lendTo(t, Options{})
	files := inherited(t, l)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if p, err := Borrow(files); err == nil {
		p.Close()
		t.Error("it was borrowed all the same")
	}
	if _, err := Borrow(nil); err == nil {
		t.Error("nothing can be borrowed")
	}
}

// TestLoanOfCalls: the calls on sockets of the namespace are heard, and no others.
func TestLoanOfCalls(t *testing.T) {
	l := lendTo(t, Options{Calls: true})
	defer l.Close()
	files := inherited(t, l)
	if err := l.To(syscall.Getpid()); err != nil {
		t.Fatal(err)
	}
	p, err := Borrow(files)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	called := func() bool {
		listener, addr := listen(t, "127.0.0.1:0")
		pair(t, listener)
		return slices.ContainsFunc(take(t, p), func(s kernel.Signal) bool {
			return s.Kind == kernel.Return && s.Call == "connect" && s.Remote == addr && s.PID == syscall.Getpid()
		})
	}
	if !called() {
		t.Error("a connect of the namespace was not heard")
	}
	if err := l.control.only(nowhere); err != nil {
		t.Fatal(err)
	}
	if called() {
		t.Error("a connect of another namespace was heard")
	}
}
