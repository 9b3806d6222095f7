package scenario

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// pollSocket blocks until the bits asked for are found on the socket, or the
// waker's descriptor hangs up (errWoken). It uses a kqueue of its own,
// which leaves the pending error where it is (filt_soread, filt_sowrite).
// EV_CLEAR makes it report changes alone: octets waiting to be read do not
// make the loop spin.
func pollSocket(fd, wake, asked int) (found int, err error) {
	kq, err := unix.Kqueue()
	if err != nil {
		return 0, fmt.Errorf("kqueue: %w", err)
	}
	defer unix.Close(kq)
	unix.CloseOnExec(kq)

	changes := make([]unix.Kevent_t, 3)
	unix.SetKevent(&changes[0], fd, unix.EVFILT_READ, unix.EV_ADD|unix.EV_CLEAR)
	unix.SetKevent(&changes[1], fd, unix.EVFILT_WRITE, unix.EV_ADD|unix.EV_CLEAR)
	unix.SetKevent(&changes[2], wake, unix.EVFILT_READ, unix.EV_ADD|unix.EV_CLEAR)
	events := make([]unix.Kevent_t, len(changes))
	var seen ends
	for {
		n, err := unix.Kevent(kq, changes, events, nil)
		if errors.Is(err, unix.EINTR) { // the changes are made, and may be made again
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("kevent: %w", err)
		}
		changes = nil
		if err := seen.note(events[:n], wake); err != nil {
			return 0, err
		}
		switch found := seen.bits(); {
		case found&(asked|PollHup) != 0:
			return found & (asked | PollHup | PollErr), nil
		case seen.woken:
			return 0, errWoken
		}
	}
}

// ends are the directions that a kqueue has reported as ended, whether with a
// pending error (so_error, in fflags), and whether there is something to take:
// octets, or connections of a listener (data of EVFILT_READ).
type ends struct{ read, write, failed, woken, some bool }

// bits says the same as poll(2) does.
func (s *ends) bits() int {
	found := 0
	if s.read {
		found |= PollRdHup
	}
	if s.read && s.write {
		found |= PollHup
	}
	if s.failed {
		found |= PollErr
	}
	if s.some {
		found |= PollIn
	}
	return found
}

func (s *ends) note(events []unix.Kevent_t, wake int) error {
	for _, e := range events {
		ended := e.Flags&unix.EV_EOF != 0
		switch {
		case e.Flags&unix.EV_ERROR != 0:
			return fmt.Errorf("kevent: %w", unix.Errno(e.Data))
		case e.Ident == uint64(wake):
			s.woken = true
		case e.Filter == unix.EVFILT_READ:
			s.read = s.read || ended
			s.failed = s.failed || ended && e.Fflags != 0
			s.some = s.some || e.Data > 0
		case e.Filter == unix.EVFILT_WRITE:
			s.write = s.write || ended
		}
	}
	return nil
}

// stateOf returns the name of the socket's TCP state, "" if it has none.
func stateOf(fd int) string {
	// TCPS_CLOSED to TCPS_TIME_WAIT (netinet/tcp_fsm.h).
	names := [...]string{"CLOSED", "LISTEN", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "CLOSE_WAIT",
		"FIN_WAIT1", "CLOSING", "LAST_ACK", "FIN_WAIT2", "TIME_WAIT"}
	info, err := unix.GetsockoptTCPConnectionInfo(fd, unix.IPPROTO_TCP, unix.TCP_CONNECTION_INFO)
	if err != nil || int(info.State) >= len(names) {
		return ""
	}
	return names[info.State]
}

// pollOrphan returns at once: XNU acknowledges a FIN as it arrives (TF_ACKNOW
// in tcp_input), so once the FIN has been awaited on the other end of a
// loopback connection, its acknowledgement is on the way before anything else.
func pollOrphan(context.Context, netip.AddrPort, netip.AddrPort) (string, error) { return "", nil }
