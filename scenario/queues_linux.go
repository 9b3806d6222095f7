package scenario

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// unreadOf returns how many octets a read would find (tcp_inq).
func unreadOf(fd int) (int, error) {
	n, err := unix.IoctlGetInt(fd, unix.TIOCINQ)
	if err != nil {
		return 0, fmt.Errorf("SIOCINQ: %w", err)
	}
	return n, nil
}

// unackedOf returns how many octets have been written and not acknowledged
// (tcp_ioctl, write_seq less snd_una).
func unackedOf(fd int) (int, error) {
	n, err := unix.IoctlGetInt(fd, unix.TIOCOUTQ)
	if err != nil {
		return 0, fmt.Errorf("SIOCOUTQ: %w", err)
	}
	return n, nil
}
