//go:build !linux

package scenario

import (
	"errors"

	"golang.org/x/sys/unix"
)

// sharedPorts: BSD lets two sockets bind one address and port only if both
// have SO_REUSEPORT (in_pcbbind), which a Go listener has not. A held port
// could not be listened on: ports are found free and released again, and
// whoever is quick enough can take one.
const sharedPorts = false

// shareAddress lets a socket be bound where another is that shares as well, and
// where an earlier one is in TIME_WAIT.
func shareAddress(fd int) error {
	return errors.Join(unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1),
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1))
}
