package scenario

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
)

// pollSocket blocks until one of the bits asked for is found on the socket, or
// the waker's descriptor hangs up (errWoken). It uses poll(2), which leaves
// the pending error where it is (tcp_poll). HUP and ERR are always found. ERR
// alone is no end of the connection, but an error that the next call returns:
// there is no more to wait for.
func pollSocket(fd, wake, asked int) (found int, err error) {
	fds := []unix.PollFd{{Fd: int32(fd), Events: int16(asked)}, {Fd: int32(wake)}}
	for {
		_, err := unix.Poll(fds, -1)
		switch {
		case errors.Is(err, unix.EINTR): // the runtime's own signals
		case err != nil:
			return 0, fmt.Errorf("poll: %w", err)
		case fds[0].Revents&unix.POLLNVAL != 0:
			return 0, fmt.Errorf("poll: %w", unix.EBADF)
		case fds[0].Revents != 0:
			return int(fds[0].Revents), nil
		case fds[1].Revents != 0:
			return 0, errWoken
		}
	}
}

// stateOf returns the name of the socket's TCP state, "" if it has none.
func stateOf(fd int) string {
	info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil {
		return ""
	}
	return stateName(info.State)
}

// Linux's TCP states (include/net/tcp_states.h), under the names that ss and
// Wireshark print, with underscores.
const (
	stateFinWait1 = 4
	stateFinWait2 = 5
	stateTimeWait = 6
	stateListen   = 10
)

func stateName(s uint8) string {
	names := [...]string{
		1: "ESTABLISHED", 2: "SYN_SENT", 3: "SYN_RECV", stateFinWait1: "FIN_WAIT1",
		stateFinWait2: "FIN_WAIT2", stateTimeWait: stateInBucket, 7: stateClosed, 8: "CLOSE_WAIT",
		9: "LAST_ACK", stateListen: "LISTEN", 11: "CLOSING", 12: "SYN_RECV",
	}
	if int(s) < len(names) {
		return names[s]
	}
	return fmt.Sprintf("%d", s)
}

// pollOrphan asks until the socket has left FIN_WAIT_1, and the states before
// it, or is gone; or until ctx ends (errWoken, with the state it is in).
func pollOrphan(ctx context.Context, local, remote netip.AddrPort) (string, error) {
	return askState(ctx, local, remote, func(state uint8, found bool) bool {
		return !found || state == stateFinWait2 || state == stateTimeWait
	})
}

// askState asks for the state of the socket with these addresses, again and
// again, until it is one that is waited for.
func askState(ctx context.Context, local, remote netip.AddrPort, is func(state uint8, found bool) bool) (string, error) {
	d, err := openDiag()
	if err != nil {
		return "", err
	}
	defer d.close()
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for {
		state, found, err := d.state(local, remote)
		if err != nil || is(state, found) {
			return "", err
		}
		select {
		case <-ctx.Done():
			return stateName(state), errWoken
		case <-tick.C:
		}
	}
}
