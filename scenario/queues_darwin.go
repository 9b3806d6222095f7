package scenario

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// unreadOf returns how many octets a read would find (sogetopt, SO_NREAD).
func unreadOf(fd int) (int, error) { return queued(fd, unix.SO_NREAD, "SO_NREAD") }

// unackedOf returns how many octets have been written and not acknowledged
// (sogetopt, SO_NWRITE: those in the send buffer).
func unackedOf(fd int) (int, error) { return queued(fd, unix.SO_NWRITE, "SO_NWRITE") }

func queued(fd, option int, name string) (int, error) {
	n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, option)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	return n, nil
}
