package calls

import (
	"net/netip"
	"syscall"

	"github.com/rstwatch/rstwatch/capture/kernel"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/journal"
)

// kind says what a system call does with a socket.
type kind uint8

const (
	other   kind = iota // nothing that is told of
	dials               // connect
	listens             // listen
	accepts             // accept, accept4
	reads               // octets come from it
	writes              // octets go to it
	moves               // splice: either
	sends               // sendfile: they go to it
	shuts               // shutdown
	sets                // setsockopt
	asks                // getsockopt SO_ERROR
	closes              // close; dup2 and dup3, which close what they replace
)

// kindOf returns what a system call does.
func kindOf(name string) kind {
	switch name {
	case "connect":
		return dials
	case "listen":
		return listens
	case "accept", "accept4":
		return accepts
	case "read", "readv", "recvfrom", "recvmsg":
		return reads
	case "write", "writev", "sendto", "sendmsg":
		return writes
	case "splice":
		return moves
	case "sendfile":
		return sends
	case "shutdown":
		return shuts
	case "setsockopt":
		return sets
	case "getsockopt":
		return asks
	case "close", "dup2", "dup3":
		return closes
	}
	return other
}

// Numbers of Linux's own (socket(7), tcp(7), socket(2)), as signals have them.
const (
	unspec     = 0  // AF_UNSPEC
	soLinger   = 13 // SO_LINGER
	tcpRepair  = 19 // TCP_REPAIR
	repairOn   = 1  // TCP_REPAIR_ON
	shutReads  = 0
	shutWrites = 1
	shutBoth   = 2
)

// under is a call that has begun.
type under struct {
	*kernel.Signal
	what   kind
	sock   *socket
	record *journal.Record // nil if it is none of the application's
}

// begins notes that a call begins.
func (w *witness) begins(u *under) {
	if u.what == other {
		return
	}
	s := w.find(u.Signal)
	u.sock = s
	j, at := &w.journal, u.Start
	if u.what != dials && u.what != asks {
		w.learn(s, at)
	}
	switch u.what {
	case dials:
		if u.Asked == unspec && u.Errno != "EFAULT" {
			u.record = j.Begin(scenario.OpDisconnect, &s.Socket, at)
			return
		}
		u.record = j.Connect(&s.Socket, u.Remote, at)
	case listens:
		u.record = j.Begin(scenario.OpListen, &s.Socket, at)
	case accepts:
		u.record = j.Begin(scenario.OpAccept, &s.Socket, at)
	case reads, writes, sends, moves:
		if s.Role == "" {
			return // not even connecting
		}
		u.record = j.Begin(u.op(), &s.Socket, at)
		u.record.Asked = u.Asked
	case shuts:
		ops := [...]scenario.Op{shutReads: scenario.OpCloseRead, shutWrites: scenario.OpCloseWrite, shutBoth: scenario.OpShutdown}
		if how := uint32(u.Asked); how < uint32(len(ops)) && s.Role != "" && !s.Listens {
			if u.record = j.Begin(ops[how], &s.Socket, at); how == shutBoth {
				u.record.Asked = shutBoth // of OpShutdown it is the argument
			}
		}
	case sets:
		if u.Asked == soLinger && u.HasValue && s.Remote.IsValid() {
			u.record = j.Begin(scenario.OpSetLinger, &s.Socket, at)
			u.record.Asked = u.Value
		}
	case asks:
		if s.Dial == nil && s.Remote.IsValid() {
			u.record = j.Begin(scenario.OpSOError, &s.Socket, at)
		}
	case closes:
		w.closes(u)
	}
}

// op is what the model calls a transfer.
func (u *under) op() scenario.Op {
	switch {
	case u.what == writes, u.what == sends, u.what == moves && u.Writes:
		return scenario.OpWrite
	case u.Peeks:
		return scenario.OpPeek
	}
	return scenario.OpRead
}

// closes notes a close, which is the socket's if nothing else led to it.
func (w *witness) closes(u *under) {
	if u.Call != "close" && u.Errno != "" {
		return // close(2) closes also where it fails
	}
	if u.Socket == 0 {
		delete(w.nameless, place{u.PID, u.FD})
	}
	if u.Last {
		u.record = w.journal.Shut(&u.sock.Socket, u.Start, false)
	}
}

// returns handles what a call has returned.
func (w *witness) returns(u *under) {
	s, at, errno := u.sock, u.Time, number(u.Errno)
	if s == nil {
		return
	}
	switch u.what {
	case dials:
		w.dialled(u, errno)
	case accepts:
		if errno != 0 || u.Made == 0 {
			u.record.Done(at, 0, errno, u.Call)
			return
		}
		made := w.of(u.Made)
		w.journal.Accepted(&s.Socket, &made.Socket, u.record, u.Local, u.Remote, at)
	case listens:
		if errno == 0 {
			s.Role, s.Listens, s.Local = scenario.Server, true, u.Local
			u.record.Local = u.Local
		}
		u.record.Done(at, 0, errno, u.Call)
	case sets:
		w.set(u, errno)
	case asks:
		w.asked(u)
	case shuts:
		u.record.Done(at, 0, errno, u.Call)
	case closes:
		if u.record != nil { // also of a dial that it has given up, and over with the call whatever that returned
			u.record.End = at
		}
	default:
		if u.what == sends || u.what == moves {
			u.record.Moved(u.N, errno)
		}
		u.record.Done(at, u.N, errno, u.Call)
		s.RefusedLate(u.record, errno, at)
	}
}

// dialled handles the end of a connect.
func (w *witness) dialled(u *under, errno syscall.Errno) {
	switch {
	case u.record == nil:
	case u.record.Op == scenario.OpDisconnect:
		u.record.Done(u.Time, 0, errno, u.Call)
	default:
		var remote netip.AddrPort
		if errno == 0 {
			remote = u.Remote
		}
		w.journal.Dialled(&u.sock.Socket, u.record, u.Local, remote, errno, u.Time)
	}
}

// set handles an option that was set: of a socket that is not connected it holds
// from the start of the connection.
func (w *witness) set(u *under, errno syscall.Errno) {
	u.record.Done(u.Time, 0, errno, u.Call)
	switch s := u.sock; {
	case errno != 0 || !u.HasValue:
	case u.Asked == tcpRepair:
		s.Repair = u.Value == repairOn
	case u.Asked == soLinger && u.record == nil:
		s.Linger = &u.Value
	}
}

// asked handles SO_ERROR, by which a program learns how its connect ended.
func (w *witness) asked(u *under) {
	s, errno := u.sock, syscall.Errno(0)
	if u.HasValue && u.Value > 0 {
		errno = syscall.Errno(u.Value)
	}
	switch {
	case s.Dial == nil && u.record != nil && errno != 0:
		u.record.Fail(u.Time, errno, u.Call)
	case s.Dial == nil && u.record != nil:
		u.record.Return(u.Time, 0, "", "")
	case s.Dial == nil:
	case errno != 0:
		s.Refused(s.Dial, u.Time, errno)
	default:
		w.learn(s, u.Time)
	}
}
