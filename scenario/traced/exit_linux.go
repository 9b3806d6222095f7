//go:build amd64 || arm64

package traced

import (
	"net/netip"
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
	case makes:
		if errno == 0 && !th.proc.isElsewhere() {
			th.proc.set(int(result), &socket{})
		}
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
		u.record.done(at, 0, errno, u.name)
	case asks:
		v, _ := number(th.tid, u.args[3])
		t.asked(th.proc, u, fd, syscall.Errno(v), at)
	case shuts:
		u.record.done(at, 0, errno, u.name)
	default:
		u.moved(int(result), errno)
		u.record.done(at, int(result), errno, u.name)
		u.second.done(at, int(result), errno, u.name)
		t.refusedLate(u, errno, at)
	}
}

// moved corrects what sendfile(2) and splice(2) asked for, which is not more than
// the other end has. A call that moved nothing to the socket, or was refused for
// what its arguments are, wrote nothing: the program then goes another way.
func (u *under) moved(n int, errno syscall.Errno) {
	if u.kind != sends && u.kind != moves {
		return
	}
	unfit := errno == unix.EINVAL || errno == unix.ENOSYS || errno == unix.EOPNOTSUPP || errno == unix.ESPIPE || errno == unix.EBADF || errno == unix.EFAULT
	for _, r := range []*record{u.record, u.second} {
		switch {
		case r == nil:
		case unfit, errno == 0 && n == 0 && r.Op == scenario.OpWrite:
			r.void = true
		case errno == 0 && n > 0:
			r.Asked = n
		}
	}
}

// done ends the record of a call, nil if it has none. A call that would have had
// to wait, or was interrupted, is none.
func (r *record) done(at time.Time, n int, errno syscall.Errno, name string) {
	switch {
	case r == nil:
	case errno == unix.EAGAIN || errno == unix.EINTR:
		r.void = true
	case errno != 0:
		r.fail(at, errno, name)
	case n == 0 && r.Asked > 0 && (r.Op == scenario.OpRead || r.Op == scenario.OpPeek):
		r.end(at, 0, scenario.EOF, "EOF")
	default:
		if r.Op == scenario.OpWrite && n > 0 {
			r.Asked = n // what found no room is for a call of its own
		}
		r.end(at, n, "", "")
	}
}

// refusedLate is for a program that learns from a read or a write that its
// connect had failed: then this is the dial's result.
func (t *tracer) refusedLate(u *under, errno syscall.Errno, at time.Time) {
	if u.sock == nil || u.sock.dial == nil || errno == 0 || errno == unix.EAGAIN || errno == unix.EINTR || errno == unix.ENOTCONN {
		return
	}
	u.sock.refused(u.sock.dial, at, errno)
	u.record.void = true
}

// dialled handles the end of a connect.
func (t *tracer) dialled(p *process, u *under, fd int, errno syscall.Errno, at time.Time) {
	s, r := u.sock, u.record
	if r == nil {
		return
	}
	if r.Op == scenario.OpDisconnect {
		r.done(at, 0, errno, u.name)
		return
	}
	local, remote := p.addresses(fd)
	// A connect that has failed leaves the port, and no address.
	if local.IsValid() && local.Port() != 0 {
		s.local, r.Local = local, local
	}
	if remote.IsValid() {
		r.Remote = remote
	}
	switch errno {
	case unix.EINPROGRESS, unix.EALREADY, unix.EINTR, unix.EAGAIN:
		s.dial = r
	case 0, unix.EISCONN:
		t.connected(s, r, at)
	default:
		s.refused(r, at, errno)
	}
}

// refused ends a dial that has failed; nothing is told of the socket any more
// unless it is connected again.
func (s *socket) refused(dial *record, at time.Time, errno syscall.Errno) {
	dial.fail(at, errno, "connect")
	s.dial, s.role = nil, ""
}

// connected ends a dial well.
func (t *tracer) connected(s *socket, r *record, at time.Time) {
	s.dial = nil
	s.local, s.remote = r.Local, r.Remote
	r.end(at, 0, "", "")
	t.lingered(s, s.linger, at)
}

// lingered tells of an option that was set before there was a connection: of
// one, it holds from its start.
func (t *tracer) lingered(s *socket, sec *int, at time.Time) {
	if sec == nil {
		return
	}
	r := t.journal.begin(scenario.OpSetLinger, s, at)
	r.Asked = *sec
	r.end(at, 0, "", "")
	s.linger = nil
}

// learn looks whether a connect that is under way has come to its end.
func (t *tracer) learn(p *process, s *socket, fd int, at time.Time) {
	if s.dial == nil {
		return
	}
	if local, remote := p.addresses(fd); remote.IsValid() {
		s.dial.Local, s.dial.Remote = local, remote
		t.connected(s, s.dial, at)
	}
}

// asked handles SO_ERROR, by which a program learns how its connect ended.
func (t *tracer) asked(p *process, u *under, fd int, errno syscall.Errno, at time.Time) {
	s := u.sock
	switch {
	case s.dial == nil && u.record != nil:
		u.record.end(at, 0, "", "")
		if errno != 0 {
			u.record.fail(at, errno, u.name)
		}
	case s.dial == nil:
	case errno != 0:
		s.refused(s.dial, at, errno)
	default:
		t.learn(p, s, fd, at)
	}
}

// accepted handles the end of an accept.
func (t *tracer) accepted(p *process, u *under, fd int, errno syscall.Errno, at time.Time) {
	if errno != 0 {
		u.record.done(at, 0, errno, u.name)
		return
	}
	s := &socket{role: scenario.Server}
	p.set(fd, s)
	s.local, s.remote = p.accepted(fd)
	r := u.record
	r.sock, r.Local, r.Remote = s, s.local, s.remote
	r.end(at, 0, "", "")
	t.lingered(s, u.sock.linger, at)
}

// listened handles the end of a listen.
func (t *tracer) listened(p *process, u *under, fd int, errno syscall.Errno, at time.Time) {
	s := u.sock
	if errno == 0 {
		s.role, s.listens = scenario.Server, true
		s.local, _ = p.addresses(fd)
		u.record.Local = s.local
	}
	u.record.done(at, 0, errno, u.name)
}

// unspecified is the address that a connection to the unspecified one goes to.
func unspecified(a netip.AddrPort) netip.AddrPort {
	if a.Addr().Is4() {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), a.Port())
	}
	return netip.AddrPortFrom(netip.IPv6Loopback(), a.Port())
}
