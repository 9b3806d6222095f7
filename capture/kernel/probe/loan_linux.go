//go:build amd64 || arm64

package probe

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/btf"
	"golang.org/x/sys/unix"
)

// Loan is the hearing of one child process in a network namespace of its own,
// which has no right to ask the kernel itself: this process loads the programs,
// and the child reads what they write, see [Borrow]. It hears that namespace and no
// other.
type Loan struct {
	loaded  *loaded
	control *control
	files   []*os.File // the child's
	gate    *os.File   // what is known of the kernel, once the programs know the child's namespace
}

// Lender lends the kernel's word to any number of children. It remembers what it
// has learnt of the kernel. Its methods may be called from several goroutines.
type Lender struct {
	mu    sync.Mutex
	types *btf.Cache
}

// Lend loads the programs for a child that is yet to be started. Of the options only
// Calls and Lack mean something: the child hears all of its namespace, with Calls
// also every call on a socket of it. Errors are those of [Open].
func (l *Lender) Lend(o Options) (*Loan, error) {
	l.mu.Lock()
	if l.types == nil {
		l.types = btf.NewCache()
	}
	known := l.types
	l.mu.Unlock()
	loan, err := lend(Options{Calls: o.Calls, Lack: o.Lack}, known)
	if err != nil {
		return nil, refusal(err, around())
	}
	return loan, nil
}

func lend(o Options, known *btf.Cache) (*Loan, error) {
	loaded, err := load(o, known)
	if err != nil {
		return nil, err
	}
	l := &Loan{loaded: loaded}
	if err := l.prepare(); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func (l *Loan) prepare() error {
	memory, err := l.loaded.all.Maps[".bss"].Memory()
	if err != nil {
		return err
	}
	l.control = &control{memory}
	if err := l.control.only(nowhere); err != nil {
		return err
	}
	for _, name := range []string{"records", ".bss"} {
		fd, err := unix.FcntlInt(uintptr(l.loaded.all.Maps[name].FD()), unix.F_DUPFD_CLOEXEC, 0)
		if err != nil {
			return err
		}
		l.files = append(l.files, os.NewFile(uintptr(fd), name))
	}
	closed, gate, err := os.Pipe()
	if err != nil {
		return err
	}
	l.files, l.gate = append(l.files, closed), gate
	return l.loaded.attach(Options{})
}

// Files are the descriptors that the child needs, in their order.
func (l *Loan) Files() []*os.File { return l.files }

// To lets the child hear its own network namespace. It has been started.
func (l *Loan) To(pid int) error {
	netns, err := namespace(strconv.Itoa(pid))
	if err == nil {
		err = l.control.only(netns)
	}
	if err == nil {
		err = json.NewEncoder(l.gate).Encode(l.loaded.about) // it fits into the pipe
	}
	if err != nil {
		return fmt.Errorf("probe: lend to process %d: %w", pid, err)
	}
	return nil
}

// Close takes the programs out of the kernel. A child that waits in Borrow is
// refused.
func (l *Loan) Close() error {
	for _, f := range append(l.files, l.gate) {
		if f != nil {
			f.Close()
		}
	}
	return l.loaded.close()
}

// Borrow hears the kernel through what the parent of this process has lent: the
// files of [Loan.Files], which it closes. One probe at a time may read from a
// loan. It blocks until the parent has called [Loan.To], and fails if that did not.
func Borrow(files []*os.File) (*Probe, error) {
	p, err := borrow(files)
	for _, f := range files {
		f.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("probe: borrow: %w", err)
	}
	go p.listen()
	return p, nil
}

func borrow(files []*os.File) (*Probe, error) {
	if len(files) != 3 {
		return nil, fmt.Errorf("%d files of 3", len(files))
	}
	var a about
	if err := json.NewDecoder(files[2]).Decode(&a); err != nil {
		return nil, fmt.Errorf("the parent has not lent it: %w", err)
	}
	var maps [2]*ebpf.Map
	for i := range maps {
		fd, err := unix.FcntlInt(files[i].Fd(), unix.F_DUPFD_CLOEXEC, 0)
		if err != nil {
			return nil, err
		}
		if maps[i], err = ebpf.NewMapFromFD(fd); err != nil {
			return nil, err
		}
	}
	p, err := hearing(maps[0], maps[1], a)
	if err != nil {
		return nil, err
	}
	p.maps = maps[:]
	return p, nil
}
