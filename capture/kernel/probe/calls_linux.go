//go:build amd64 || arm64

package probe

import "golang.org/x/sys/unix"

// What is known of a system call's arguments: enum shape in bpf/signals.c.
const (
	shapeTraced = 1 << iota
	shapeLength
	shapeVector
	shapeMessage
	shapeFlags4
	shapeFlags3
	shapeMakes
	shapeOption
	shapeHow
	shapeCloses
	shapeLength4
	shapeAddress
	shapeOutput
	shapeSecond
)

// socketCall is a system call on what can be a socket.
type socketCall struct {
	number int
	name   string
	shape  uint16
}

// socketCalls are those that can fail for a reason of TCP's, or end a socket, or
// say what will end it.
func socketCalls() []socketCall {
	return append(archCalls(), []socketCall{
		{unix.SYS_CONNECT, "connect", shapeAddress},
		{unix.SYS_ACCEPT, "accept", shapeMakes},
		{unix.SYS_ACCEPT4, "accept4", shapeMakes},
		{unix.SYS_LISTEN, "listen", shapeHow},
		{unix.SYS_READ, "read", shapeLength},
		{unix.SYS_READV, "readv", shapeVector},
		{unix.SYS_RECVFROM, "recvfrom", shapeLength | shapeFlags4},
		{unix.SYS_RECVMSG, "recvmsg", shapeMessage | shapeFlags3},
		{unix.SYS_RECVMMSG, "recvmmsg", shapeFlags4},
		{unix.SYS_WRITE, "write", shapeLength},
		{unix.SYS_WRITEV, "writev", shapeVector},
		{unix.SYS_SENDTO, "sendto", shapeLength | shapeFlags4},
		{unix.SYS_SENDMSG, "sendmsg", shapeMessage | shapeFlags3},
		{unix.SYS_SENDMMSG, "sendmmsg", shapeFlags4},
		{unix.SYS_SENDFILE, "sendfile", shapeLength4},
		{unix.SYS_SPLICE, "splice", shapeOutput},
		{unix.SYS_SHUTDOWN, "shutdown", shapeHow},
		{unix.SYS_CLOSE, "close", shapeCloses},
		{unix.SYS_SETSOCKOPT, "setsockopt", shapeOption},
		{unix.SYS_GETSOCKOPT, "getsockopt", shapeOption},
		{unix.SYS_DUP3, "dup3", shapeSecond | shapeCloses},
	}...)
}

// callNames are their names, by number.
func callNames() map[uint16]string {
	names := make(map[uint16]string)
	for _, c := range socketCalls() {
		names[uint16(c.number)] = c.name
	}
	return names
}
