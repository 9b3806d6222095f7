package lab

import (
	"fmt"
	"syscall"
)

// SeqState is where a socket stands in its two streams, by the names of
// RFC 9293 §3.3.1. Numbers are absolute, those of the wire; windows are in
// octets, not scaled.
type SeqState struct {
	SndUna uint32 // the oldest octet that the peer has not acknowledged
	SndNxt uint32 // the next octet to be sent
	SndWnd uint32 // the window that the peer has advertised
	RcvNxt uint32 // the next octet expected: where a reset is exact
	RcvWup uint32 // the last acknowledgement sent; before RcvNxt while it is delayed
	RcvWnd uint32 // from RcvNxt to the right edge of the window advertised last
}

// Sequence returns the numbers of a live TCP socket, in any state but LISTEN.
// Nothing is sent and nothing changes for the peer. Linux tells them only in
// repair mode, which takes some microseconds: a call on the socket that is
// made, or that wakes, in just these would fail (EPERM, EINVAL), so there
// should be none. It does not block.
func Sequence(raw syscall.RawConn) (SeqState, error) {
	var s SeqState
	err := withSocket("read a socket's numbers", raw, func(fd int) (err error) {
		s, err = readNumbers(fd)
		return err
	})
	return s, err
}

// Vanish makes the socket's host as good as gone: from now on a call on the
// socket but Close fails, and Close sends nothing and leaves nothing behind
// (tcp_close in repair mode). What the peer sends after that meets no socket.
// Until then the kernel goes on to acknowledge what arrives.
func Vanish(raw syscall.RawConn) error {
	return withSocket("make a socket vanish", raw, enterRepair)
}

// withSocket calls f with the socket's descriptor, which stays open for as
// long. The lock of Read and Write is not taken: they may be blocked.
func withSocket(doing string, raw syscall.RawConn, f func(fd int) error) error {
	if err := inside(doing); err != nil {
		return err
	}
	if raw == nil {
		return fmt.Errorf("lab: %s: %w", doing, invalid("no socket"))
	}
	var failed error
	err := raw.Control(func(fd uintptr) { failed = f(int(fd)) })
	if err == nil {
		err = failed
	}
	if err != nil {
		return fmt.Errorf("lab: %s: %w", doing, err)
	}
	return nil
}
