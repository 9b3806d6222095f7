//go:build amd64 || arm64

package traced

import (
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/scenario/journal"
)

// process is what its threads share: the descriptors that are TCP sockets.
type process struct {
	pid     int
	from    *process // whose sockets it began with; nil if that is not known
	network network
	pidfd   int // -1 until it is needed
	fds     map[int]*socket
	threads int // that have not begun to exit
	ending  []*journal.Record
	cookies map[string]uint64 // of its sockets, as its first thread went; nil before
	open    *journal.Ending   // what it leaves open, where calls are untold; nil for nothing
	seen    time.Time         // when one of its threads was last seen to stop; no socket was closed by an end before
	gone    bool              // its descriptors have been given back
}

// thread is one that is traced.
type thread struct {
	tid  int
	proc *process
	call *under // the call that it is in, nil if none
	left bool   // it has begun to exit
}

// under is a call that has been entered.
type under struct {
	*call
	args    [6]uint64
	sock    *socket           // that it is made on; nil if only another is known
	other   *socket           // that splice moves octets to
	record  *journal.Record   // of the call, nil if it is none of the application's
	second  *journal.Record   // of splice's other end
	closing []*journal.Record // sockets that the call closes
	set     func()            // what setsockopt changes once it has succeeded; nil for nothing that lasts
}

// socket is an open file description of TCP, however many descriptors lead to it.
type socket struct {
	journal.Socket
	refs int
}

func newProcess(pid int) *process {
	return &process{pid: pid, pidfd: -1, fds: make(map[int]*socket), seen: now()}
}

// inherit gives p the sockets that its parent has, but for those that another
// thread of the parent's has made since.
func (p *process) inherit(parent *process) {
	for fd := range p.fds {
		p.release(fd)
	}
	p.from = parent
	for fd, s := range parent.fds {
		if p.has(fd) {
			p.set(fd, s)
		}
	}
}

// set makes fd lead to s.
func (p *process) set(fd int, s *socket) {
	s.refs++
	p.fds[fd] = s
}

// release takes fd away. It returns the socket if nothing leads to it any more.
func (p *process) release(fd int) *socket {
	s := p.fds[fd]
	if s == nil {
		return nil
	}
	delete(p.fds, fd)
	if s.refs--; s.refs > 0 {
		return nil
	}
	return s
}

// within lists the descriptors from first to last, in order.
func (p *process) within(first, last uint64) (list []int) {
	for fd := range p.fds {
		if uint64(fd) >= first && uint64(fd) <= last {
			list = append(list, fd)
		}
	}
	slices.Sort(list)
	return list
}

// network says whether a process is in this one's network.
type network uint8

const (
	unknown network = iota
	here
	elsewhere
)

// isElsewhere reports whether the process makes its sockets in a network of its
// own. What it does there concerns nobody here. It is asked once.
func (p *process) isElsewhere() bool {
	if p.network == unknown {
		its, err := os.Readlink("/proc/" + strconv.Itoa(p.pid) + "/ns/net")
		own, ownErr := os.Readlink("/proc/thread-self/ns/net")
		p.network = here
		if err == nil && ownErr == nil && its != own {
			p.network = elsewhere
		}
	}
	return p.network == elsewhere
}

// has reports whether the process has a descriptor fd; also where that can not be
// told.
func (p *process) has(fd int) bool {
	_, err := os.Lstat("/proc/" + strconv.Itoa(p.pid) + "/fd/" + strconv.Itoa(fd))
	return !errors.Is(err, fs.ErrNotExist)
}

// addresses returns what getsockname(2) and getpeername(2) say of fd; remote is
// invalid unless it is connected. The copy of the descriptor that this takes is
// closed before any thread that is stopped goes on, so that no close waits for it.
func (p *process) addresses(fd int) (local, remote netip.AddrPort) {
	p.borrow(fd, func(own int) {
		local = localOf(own)
		if a, err := unix.Getpeername(own); err == nil {
			remote = addrPort(a)
		}
	})
	return local, remote
}

// accepted is addresses for a socket that accept(2) has returned. The connection
// may have been reset in the queue; getpeername(2) then says that there is none.
func (p *process) accepted(fd int) (local, remote netip.AddrPort) {
	p.borrow(fd, func(own int) { local, remote = localOf(own), peerOf(own) })
	return local, remote
}

// borrow calls look with a copy of the process's descriptor fd, if there is one.
func (p *process) borrow(fd int, look func(own int)) {
	if p.pidfd < 0 {
		var err error
		if p.pidfd, err = unix.PidfdOpen(p.pid, 0); err != nil {
			return
		}
	}
	own, err := unix.PidfdGetfd(p.pidfd, fd, 0)
	if err != nil {
		return
	}
	defer unix.Close(own)
	look(own)
}

func (p *process) close() {
	if p.pidfd >= 0 {
		unix.Close(p.pidfd)
		p.pidfd = -1
	}
}
