package lab

import "syscall"

// FINTimeout sets how long the host keeps the connection in FIN_WAIT_2 after
// its application has closed it (TCP_LINGER2), in seconds, from 1 on. Without
// it that is net.ipv4.tcp_fin_timeout, 60 s. It does not block.
func FINTimeout(raw syscall.RawConn, seconds int) error {
	return withSocket("limit a socket's stay in FIN_WAIT_2", raw, func(fd int) error { return setFINTimeout(fd, seconds) })
}
