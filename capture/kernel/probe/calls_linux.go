//go:build amd64 || arm64

package probe

import "golang.org/x/sys/unix"

// socketCalls are the system calls whose first argument can be a socket and
// that can fail for a reason of TCP's, or end it.
func socketCalls() map[uint16]string {
	return map[uint16]string{
		unix.SYS_CONNECT: "connect", unix.SYS_ACCEPT: "accept", unix.SYS_ACCEPT4: "accept4", unix.SYS_LISTEN: "listen",
		unix.SYS_READ: "read", unix.SYS_READV: "readv", unix.SYS_RECVFROM: "recvfrom", unix.SYS_RECVMSG: "recvmsg", unix.SYS_RECVMMSG: "recvmmsg",
		unix.SYS_WRITE: "write", unix.SYS_WRITEV: "writev", unix.SYS_SENDTO: "sendto", unix.SYS_SENDMSG: "sendmsg", unix.SYS_SENDMMSG: "sendmmsg",
		unix.SYS_SENDFILE: "sendfile", unix.SYS_SPLICE: "splice",
		unix.SYS_SHUTDOWN: "shutdown", unix.SYS_CLOSE: "close",
	}
}
