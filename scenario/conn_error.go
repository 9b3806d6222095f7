package scenario

import (
	"os"

	"golang.org/x/sys/unix"
)

// SOError asks for the pending error and clears it (getsockopt(2), SO_ERROR),
// and records the call. The error that the socket had is the one returned; nil
// if it had none. It does not block.
func (c *Conn) SOError() error {
	return c.rec.call(c.sock.event(OpSOError), c.ask, func() error {
		raw, err := c.SyscallConn()
		if err != nil {
			return err
		}
		var errno int
		var asked error
		err = raw.Control(func(fd uintptr) {
			errno, asked = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR)
		})
		switch {
		case err != nil:
			return err
		case asked != nil:
			return os.NewSyscallError("getsockopt", asked)
		case errno != 0:
			return os.NewSyscallError("SO_ERROR", unix.Errno(errno))
		}
		return nil
	})
}
