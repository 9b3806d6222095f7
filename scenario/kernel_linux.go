package scenario

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

func newDiagnoser() (diagnoser, error) { return openDiag() }

// named returns the name of the state that a socket is in, "" if there is none.
// A listener has no remote address.
func (d *diag) named(local, remote netip.AddrPort) (string, error) {
	if !remote.IsValid() {
		listens, err := d.listens(local)
		if !listens {
			return "", err
		}
		return stateName(stateListen), nil
	}
	state, found, err := d.state(local, remote)
	if !found {
		return "", err
	}
	return stateName(state), nil
}

// pending reports whether an error waits in the socket, which poll(2) does not
// take (tcp_poll).
func pending(fd int) bool {
	fds := []unix.PollFd{{Fd: int32(fd)}}
	n, err := unix.Poll(fds, 0)
	return err == nil && n == 1 && fds[0].Revents&unix.POLLERR != 0
}
