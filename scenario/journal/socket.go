package journal

import (
	"net/netip"
	"syscall"
	"time"

	"github.com/rstwatch/rstwatch/scenario"
)

// Socket is a TCP socket, and how far it has come.
type Socket struct {
	Role          scenario.Role // "" until it is connecting, connected or listening
	Local, Remote netip.AddrPort
	Dial          *Record // a connect that is under way, nil if none
	Listens       bool
	Repair        bool // with TCP_REPAIR: a close says nothing to anybody
	Linger        *int // set before it was connected, in seconds; nil if it was not

	number int // 0 until something is told of it
}

// Connect begins a connect, or goes on with one that is under way. The record is nil
// where there is nothing to tell of.
func (j *Journal) Connect(s *Socket, to netip.AddrPort, at time.Time) *Record {
	if s.Dial != nil {
		return s.Dial
	}
	if s.Remote.IsValid() || !to.IsValid() {
		return nil
	}
	if to.Addr().IsUnspecified() { // it means the host itself
		to = unspecified(to)
	}
	s.Role = scenario.Client
	r := j.Begin(scenario.OpDial, s, at)
	r.Remote = to
	return r
}

// Dialled handles what a connect has returned: also that it is not over.
func (j *Journal) Dialled(s *Socket, r *Record, local, remote netip.AddrPort, errno syscall.Errno, at time.Time) {
	// A connect that has failed leaves the port, and no address.
	if local.IsValid() && local.Port() != 0 {
		s.Local, r.Local = local, local
	}
	if remote.IsValid() {
		r.Remote = remote
	}
	switch errno {
	case syscall.EINPROGRESS, syscall.EALREADY, syscall.EINTR, syscall.EAGAIN:
		s.Dial = r
	case 0, syscall.EISCONN:
		j.Connected(s, r, at)
	default:
		s.Refused(r, at, errno)
	}
}

// Refused ends a dial that has failed; nothing is told of the socket any more
// unless it is connected again.
func (s *Socket) Refused(dial *Record, at time.Time, errno syscall.Errno) {
	dial.Fail(at, errno, "connect")
	s.Dial, s.Role = nil, ""
}

// RefusedLate is for a program that learns from a read or a write that its
// connect had failed: then this is the dial's result. r is the call's record.
func (s *Socket) RefusedLate(r *Record, errno syscall.Errno, at time.Time) {
	if s.Dial == nil || r == nil || errno == 0 || errno == syscall.EAGAIN || errno == syscall.EINTR || errno == syscall.ENOTCONN {
		return
	}
	s.Refused(s.Dial, at, errno)
	r.Void = true
}

// Connected ends a dial well.
func (j *Journal) Connected(s *Socket, r *Record, at time.Time) {
	s.Dial = nil
	s.Local, s.Remote = r.Local, r.Remote
	r.Return(at, 0, "", "")
	j.Lingered(s, s.Linger, at)
}

// Learn looks whether a connect that is under way has come to its end: then the
// socket has a peer, remote.
func (j *Journal) Learn(s *Socket, local, remote netip.AddrPort, at time.Time) {
	if s.Dial == nil || !remote.IsValid() {
		return
	}
	s.Dial.Local, s.Dial.Remote = local, remote
	j.Connected(s, s.Dial, at)
}

// Lingered tells of an option that was set before there was a connection: of
// one, it holds from its start.
func (j *Journal) Lingered(s *Socket, sec *int, at time.Time) {
	if sec == nil {
		return
	}
	r := j.Begin(scenario.OpSetLinger, s, at)
	r.Asked = *sec
	r.Return(at, 0, "", "")
	s.Linger = nil
}

// Accepted ends an accept on the listener with the socket that it has made.
func (j *Journal) Accepted(listener, s *Socket, r *Record, local, remote netip.AddrPort, at time.Time) {
	s.Role, s.Local, s.Remote = scenario.Server, local, remote
	r.On(s)
	r.Return(at, 0, "", "")
	j.Lingered(s, listener.Linger, at)
}

// Shut notes that nothing leads to s any more. A dial that was under way has been
// given up thereby; it is not a close in the words of those that wait. The record is
// nil where there is nothing to tell of.
func (j *Journal) Shut(s *Socket, at time.Time, killed bool) *Record {
	if s.Dial != nil {
		r := s.Dial
		s.Dial = nil
		r.Return(at, 0, scenario.Canceled, "the socket was closed while it was being connected")
		return r
	}
	if s.Role == "" {
		return nil // neither connected nor listening
	}
	op := scenario.OpClose
	switch {
	case s.Repair: // tcp_close then sends nothing
		op = scenario.OpVanish
	case killed && !s.Listens:
		op = scenario.OpKill
	}
	return j.Begin(op, s, at)
}

// unspecified is the address that a connection to the unspecified one goes to.
func unspecified(a netip.AddrPort) netip.AddrPort {
	if a.Addr().Is4() {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), a.Port())
	}
	return netip.AddrPortFrom(netip.IPv6Loopback(), a.Port())
}
