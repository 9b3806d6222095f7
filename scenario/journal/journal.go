package journal

import (
	"slices"
	"syscall"
	"time"

	"github.com/rstwatch/rstwatch/scenario"
)

// Record is an event that is being written.
type Record struct {
	scenario.Event
	Void bool // it has turned out to be none

	sock *Socket // whose role and addresses it gets, where it has none of its own
}

// Journal is what has been witnessed. The zero value is one of nothing.
type Journal struct {
	records []*Record
	sockets int // that something is told of
}

// Ending is the end of a process that left sockets open to which nothing else led:
// the kernel closes them.
type Ending struct {
	Start, End time.Time
	Killed     bool     // a signal ended it
	Sockets    []uint64 // their cookies (SO_COOKIE)
}

// Begin notes that a call on s begins.
func (j *Journal) Begin(op scenario.Op, s *Socket, at time.Time) *Record {
	r := &Record{sock: s, Event: scenario.Event{Op: op, Start: at, Local: s.Local, Remote: s.Remote}}
	j.records = append(j.records, r)
	return r
}

// On makes r a record of another socket, as an accept is one of the socket that it
// has made.
func (r *Record) On(s *Socket) {
	r.sock, r.Local, r.Remote = s, s.Local, s.Remote
}

// Return notes that the call has returned.
func (r *Record) Return(at time.Time, n int, fault scenario.Fault, text string) {
	r.End, r.N, r.Fault, r.Err = at, n, fault, text
}

// Fail is Return for a call that failed; name is the system call's.
func (r *Record) Fail(at time.Time, errno syscall.Errno, name string) {
	r.Return(at, 0, scenario.FaultOf(errno), name+": "+errno.Error())
}

// Done ends the record of a call, nil if it has none. A call that would have had
// to wait, or was interrupted, is none.
func (r *Record) Done(at time.Time, n int, errno syscall.Errno, name string) {
	switch {
	case r == nil:
	case errno == syscall.EAGAIN || errno == syscall.EINTR:
		r.Void = true
	case errno != 0:
		r.Fail(at, errno, name)
	case n == 0 && r.Asked > 0 && (r.Op == scenario.OpRead || r.Op == scenario.OpPeek):
		r.Return(at, 0, scenario.EOF, "EOF")
	default:
		if r.Op == scenario.OpWrite && n > 0 {
			r.Asked = n // what found no room is for a call of its own
		}
		r.Return(at, n, "", "")
	}
}

// Moved corrects what sendfile(2) and splice(2) asked for, which is not more than
// the other end has; r is nil if there is no record. A call that moved nothing to the
// socket, or was refused for what its arguments are, wrote nothing: the program then
// goes another way.
func (r *Record) Moved(n int, errno syscall.Errno) {
	unfit := errno == syscall.EINVAL || errno == syscall.ENOSYS || errno == syscall.EOPNOTSUPP || errno == syscall.ESPIPE ||
		errno == syscall.EBADF || errno == syscall.EFAULT
	switch {
	case r == nil:
	case unfit, errno == 0 && n == 0 && r.Op == scenario.OpWrite:
		r.Void = true
	case errno == 0 && n > 0:
		r.Asked = n
	}
}

// Events returns what was witnessed, in order of Start, and empties the journal.
func (j *Journal) Events() []scenario.Event {
	kept := slices.DeleteFunc(j.records, func(r *Record) bool { return r.Void })
	j.records = nil
	slices.SortStableFunc(kept, func(a, b *Record) int { return a.Start.Compare(b.Start) })
	list := make([]scenario.Event, len(kept))
	for i, r := range kept {
		s := r.sock
		if s.number == 0 {
			j.sockets++
			s.number = j.sockets
		}
		r.ID, r.Conn = i+1, s.number
		if r.Role = s.Role; r.Role == "" {
			r.Role = scenario.Client
		}
		if !r.Local.IsValid() {
			r.Local = s.Local
		}
		if !r.Remote.IsValid() {
			r.Remote = s.Remote
		}
		list[i] = r.Event
	}
	return list
}
