package scenario

import (
	"syscall"
	"time"
)

// heard is what the kernel said of a socket, and the moment by which it had.
type heard struct {
	state string // "" if it said nothing
	at    time.Time
}

// unasked is for the calls of which no socket is left to ask.
func unasked() heard { return heard{} }

// ask asks the kernel for the TCP state of the connection's socket.
func (c *Conn) ask() heard { return c.sock.ask(c.net) }

// ask asks the kernel for the TCP state of the socket underneath of. That
// changes nothing: a pending error stays where it is, and no call waits for it
// (tcp_get_info). What has no descriptor, or has been closed, is not asked
// after. It does not block.
func (s socket) ask(of any) (h heard) {
	c, ok := of.(syscall.Conn)
	if !ok {
		return heard{}
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return heard{}
	}
	// Control keeps the descriptor from being closed and given to another socket.
	if err := raw.Control(func(fd uintptr) { h = s.askOf(int(fd)) }); err != nil {
		return heard{}
	}
	return h
}

// askOf is ask for a descriptor that stays open.
func (s socket) askOf(fd int) heard {
	state := stateOf(fd)
	if state == stateClosed && s.remote.IsValid() && hasBucket(s.local, s.remote) {
		state = stateInBucket
	}
	if state == "" {
		return heard{}
	}
	return heard{state, now()}
}

// Names of states that [stateOf] gives.
const (
	stateClosed   = "CLOSED"
	stateInBucket = "TIME_WAIT"
)
