//go:build amd64 || arm64

package traced

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/scenario"
)

// Results that mean that a call is about to begin again, and that no program
// sees (include/linux/errno.h).
const (
	restartFirst = 512
	restartLast  = 516
)

// returned handles what a call has returned.
func (t *tracer) returned(th *thread, at time.Time) {
	u := th.call
	info, err := infoOf(th.tid)
	if u == nil || err != nil || info.op != unix.PTRACE_SYSCALL_INFO_EXIT {
		return
	}
	result, errno := int64(info.first), syscall.Errno(0)
	if result < 0 && result >= -4095 {
		errno = syscall.Errno(-result)
	}
	if errno >= restartFirst && errno <= restartLast {
		return
	}
	th.call = nil
	// Also a close that the kernel puts off is over: ptrace_notify runs what is put off.
	for _, r := range u.closing {
		r.End = at
	}
	t.finish(th, u, result, errno, at)
}

// finish handles what a call that was begun has returned.
func (t *tracer) finish(th *thread, u *under, result int64, errno syscall.Errno, at time.Time) {
	fd := int(int32(u.args[0]))
	switch u.kind {
	case copies, replaces:
		if s := u.sock; errno == 0 && s != nil && th.proc.fds[int(result)] != s {
			th.proc.set(int(result), s)
		}
	case dials:
		t.dialled(th.proc, u, fd, errno, at)
	case accepts:
		t.accepted(th.proc, u, int(result), errno, at)
	case listens:
		t.listened(th.proc, u, fd, errno, at)
	case sets:
		if errno == 0 && u.set != nil {
			u.set()
		}
		u.record.Done(at, 0, errno, u.name)
	case asks:
		v, _ := number(th.tid, u.args[3])
		t.asked(th.proc, u, fd, syscall.Errno(v), at)
	case shuts:
		u.record.Done(at, 0, errno, u.name)
	default:
		if u.kind == sends || u.kind == moves {
			u.record.Moved(int(result), errno)
			u.second.Moved(int(result), errno)
		}
		u.record.Done(at, int(result), errno, u.name)
		u.second.Done(at, int(result), errno, u.name)
		if u.sock != nil {
			u.sock.RefusedLate(u.record, errno, at)
		}
	}
}

// dialled handles the end of a connect.
func (t *tracer) dialled(p *process, u *under, fd int, errno syscall.Errno, at time.Time) {
	s, r := u.sock, u.record
	if r == nil {
		return
	}
	if r.Op == scenario.OpDisconnect {
		r.Done(at, 0, errno, u.name)
		return
	}
	local, remote := p.addresses(fd)
	t.journal.Dialled(&s.Socket, r, local, remote, errno, at)
}

// learn looks whether a connect that is under way has come to its end.
func (t *tracer) learn(p *process, s *socket, fd int, at time.Time) {
	if s.Dial == nil {
		return
	}
	local, remote := p.addresses(fd)
	t.journal.Learn(&s.Socket, local, remote, at)
}

// asked handles SO_ERROR, by which a program learns how its connect ended.
func (t *tracer) asked(p *process, u *under, fd int, errno syscall.Errno, at time.Time) {
	s := u.sock
	switch {
	case s.Dial == nil && u.record != nil:
		u.record.Return(at, 0, "", "")
		if errno != 0 {
			u.record.Fail(at, errno, u.name)
		}
	case s.Dial == nil:
	case errno != 0:
		s.Refused(s.Dial, at, errno)
	default:
		t.learn(p, s, fd, at)
	}
}

// accepted handles the end of an accept.
func (t *tracer) accepted(p *process, u *under, fd int, errno syscall.Errno, at time.Time) {
	if errno != 0 {
		u.record.Done(at, 0, errno, u.name)
		return
	}
	s := &socket{}
	p.set(fd, s)
	local, remote := p.accepted(fd)
	t.journal.Accepted(&u.sock.Socket, &s.Socket, u.record, local, remote, at)
}

// listened handles the end of a listen.
func (t *tracer) listened(p *process, u *under, fd int, errno syscall.Errno, at time.Time) {
	s := u.sock
	if errno == 0 {
		s.Role, s.Listens = scenario.Server, true
		s.Local, _ = p.addresses(fd)
		u.record.Local = s.Local
	}
	u.record.Done(at, 0, errno, u.name)
}
