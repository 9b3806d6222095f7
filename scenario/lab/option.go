package lab

import (
	"syscall"
	"time"
)

// UserTimeout sets TCP_USER_TIMEOUT (RFC 5482): how long what was sent may stay
// unacknowledged, or the peer's window shut, in milliseconds of d. It holds for
// the SYN too, if the socket has not connected yet.
func UserTimeout(raw syscall.RawConn, d time.Duration) error {
	return withSocket("set TCP_USER_TIMEOUT", raw, func(fd int) error { return setUserTimeout(fd, d) })
}

// KeepAlive has an idle connection probed (RFC 9293 §3.8.4): first after it has
// been silent for idle, then every interval, and given up after so many probes
// without an answer. Both are whole seconds, 1 at least.
func KeepAlive(raw syscall.RawConn, idle, interval time.Duration, probes int) error {
	return withSocket("set keep-alive", raw, func(fd int) error {
		return setKeepAlive(fd, int(idle/time.Second), int(interval/time.Second), probes)
	})
}

// Buffers sets SO_SNDBUF and SO_RCVBUF, in octets as setsockopt(2) has them;
// one that is 0 stays as it is. The kernel doubles them and has a least size.
func Buffers(raw syscall.RawConn, send, receive int) error {
	return withSocket("set buffer sizes", raw, func(fd int) error { return setBuffers(fd, send, receive) })
}

// FINTimeout sets how long the host keeps the connection in FIN_WAIT_2 after
// its application has closed it (TCP_LINGER2), in seconds, from 1 on. Without
// it that is net.ipv4.tcp_fin_timeout, 60 s. It does not block.
func FINTimeout(raw syscall.RawConn, seconds int) error {
	return withSocket("limit a socket's stay in FIN_WAIT_2", raw, func(fd int) error { return setFINTimeout(fd, seconds) })
}
