//go:build amd64 || arm64

package traced

import (
	"time"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/journal"
)

// entered handles a call that is about to be made. It reports whether what the
// call returns is to be seen.
func (t *tracer) entered(th *thread, at time.Time) bool {
	info, err := infoOf(th.tid)
	if err != nil || info.op != unix.PTRACE_SYSCALL_INFO_SECCOMP {
		return false
	}
	c := t.calls[int(info.first)]
	if c == nil {
		return false
	}
	was := th.call
	th.call = nil
	fd := int(int32(info.args[0]))
	p := th.proc
	if p.fds[fd] == nil && c.kind.begins() {
		t.find(p, fd)
	}
	u := &under{call: c, args: info.args, sock: p.fds[fd]}
	if was != nil && was.number == c.number && was.args == u.args && was.sock == u.sock {
		th.call = was // it begins again, after a signal
		return true
	}
	was.abandon()
	if !t.begin(th, u, fd, at) {
		return false
	}
	th.call = u
	return true
}

// abandon is for a call that was to begin again, and did not: a handler of a
// signal made another one. A connect goes on all the same.
func (u *under) abandon() {
	switch {
	case u == nil:
	case u.kind == dials && u.record != nil && u.record.Op == scenario.OpDial:
		u.sock.Dial = u.record
	default:
		for _, r := range []*journal.Record{u.record, u.second} {
			if r != nil {
				r.Void = true
			}
		}
	}
}

// begin notes what a call on a descriptor begins. It reports whether its result
// matters.
func (t *tracer) begin(th *thread, u *under, fd int, at time.Time) bool {
	p, s := th.proc, u.sock
	switch u.kind {
	case closesMany:
		if u.args[2]&unix.CLOSE_RANGE_CLOEXEC != 0 {
			return false
		}
		for _, fd := range p.within(u.args[0], u.args[1]) {
			u.shuts(t, t.lose(p, fd, at), at)
		}
		return len(u.closing) > 0
	case replaces:
		to := int(int32(u.args[1]))
		if to != fd && (s != nil || p.fds[to] != nil) {
			u.shuts(t, t.lose(p, to, at), at)
		}
		return s != nil || len(u.closing) > 0
	case moves:
		u.other = p.fds[int(int32(u.args[2]))]
	case sends:
		// to the first descriptor, from the second, which can not be a socket
	}
	if s == nil && u.other == nil {
		return false
	}
	if u.kind == closes {
		u.shuts(t, t.lose(p, fd, at), at)
		return len(u.closing) > 0
	}
	if s != nil && u.kind != dials && u.kind != asks {
		t.learn(p, s, fd, at)
	}
	t.write(th, u, at)
	return true
}

// lose takes fd away, which is about to be closed, and returns the socket if
// nothing leads to it any more. The program need not have learned how a connect
// of it ended.
func (t *tracer) lose(p *process, fd int, at time.Time) *socket {
	if s := p.fds[fd]; s != nil && s.refs == 1 {
		t.learn(p, s, fd, at)
	}
	return p.release(fd)
}

// shuts notes that the call closes s, nil if it does not.
func (u *under) shuts(t *tracer, s *socket, at time.Time) {
	if s == nil {
		return
	}
	if r := t.journal.Shut(&s.Socket, at, false); r != nil {
		u.closing = append(u.closing, r)
	}
}

// write begins the record of a call, if the application's words have one for it.
func (t *tracer) write(th *thread, u *under, at time.Time) {
	j, s := &t.journal, u.sock
	switch u.kind {
	case dials:
		t.dial(th, u, at)
	case listens:
		u.record = j.Begin(scenario.OpListen, &s.Socket, at)
	case accepts:
		u.record = j.Begin(scenario.OpAccept, &s.Socket, at)
	case reads, writes, sends, moves:
		if s != nil && s.Role == "" {
			return // not even connecting
		}
		n := u.octets(th.tid, u.args)
		if s != nil {
			u.record = j.Begin(u.op(u.args), &s.Socket, at)
			u.record.Asked = n
		}
		if u.other != nil {
			u.second = j.Begin(scenario.OpWrite, &u.other.Socket, at)
			u.second.Asked = n
		}
	case shuts:
		ops := [...]scenario.Op{unix.SHUT_RD: scenario.OpCloseRead, unix.SHUT_WR: scenario.OpCloseWrite, unix.SHUT_RDWR: scenario.OpShutdown}
		if how := uint32(u.args[1]); how < uint32(len(ops)) && s.Role != "" && !s.Listens {
			u.record = j.Begin(ops[how], &s.Socket, at)
			if how == unix.SHUT_RDWR {
				u.record.Asked = unix.SHUT_RDWR // of OpShutdown it is the argument
			}
		}
	case sets:
		t.option(th, u, at)
	case asks:
		if s.Dial == nil && s.Remote.IsValid() {
			u.record = j.Begin(scenario.OpSOError, &s.Socket, at)
		}
	}
}

// option begins the setting of one.
func (t *tracer) option(th *thread, u *under, at time.Time) {
	s := u.sock
	value, ok := number(th.tid, u.args[3])
	switch {
	case !ok:
	case u.args[1] == unix.IPPROTO_TCP && u.args[2] == unix.TCP_REPAIR:
		u.set = func() { s.Repair = value == unix.TCP_REPAIR_ON }
	case u.args[1] == unix.SOL_SOCKET && u.args[2] == unix.SO_LINGER:
		seconds, ok := number(th.tid, u.args[3]+4)
		if value == 0 {
			seconds = -1
		}
		switch {
		case !ok:
		case s.Remote.IsValid():
			u.record = t.journal.Begin(scenario.OpSetLinger, &s.Socket, at)
			u.record.Asked = seconds
		default:
			u.set = func() { s.Linger = &seconds }
		}
	}
}

// dial begins a connect, or goes on with one that is under way.
func (t *tracer) dial(th *thread, u *under, at time.Time) {
	s := u.sock
	to, unspec := sockaddr(th.tid, u.args[1], u.args[2])
	switch {
	case unspec:
		u.record = t.journal.Begin(scenario.OpDisconnect, &s.Socket, at)
	default:
		u.record = t.journal.Connect(&s.Socket, to, at)
	}
}
