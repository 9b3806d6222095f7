//go:build amd64 || arm64

package traced

import (
	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/scenario"
)

// kind says what a system call does with a descriptor.
type kind uint8

const (
	dials      kind = iota // connect
	listens                // listen
	accepts                // accept, accept4
	reads                  // octets go from the descriptor
	writes                 // octets go to it
	moves                  // from one descriptor to another: splice
	sends                  // from a descriptor to another: sendfile
	shuts                  // shutdown
	sets                   // setsockopt SO_LINGER, TCP_REPAIR
	asks                   // getsockopt SO_ERROR
	closes                 // close
	closesMany             // close_range
	copies                 // dup, fcntl F_DUPFD
	replaces               // dup2, dup3
)

// begins reports whether a call can be the first on a socket that matters: socket(2)
// itself is not stopped, since nothing comes of a socket that none of these is called on.
func (k kind) begins() bool {
	switch k {
	case dials, listens, accepts, sets, copies, replaces:
		return true
	}
	return false
}

// length says how the octets asked for are told: the argument with their
// number; or with an array of struct iovec, whose length is in the next; or with
// a struct msghdr.
type length struct {
	arg    int
	vector bool
	header bool
}

// call is a system call that is stopped.
type call struct {
	number int
	name   string
	kind   kind
	asked  length
	flags  int // the argument with MSG_ flags; 0 if it has none
	when   []condition
}

// calls lists the calls that are stopped.
func calls() []call {
	any := ^uint32(0)
	list := []call{
		{number: unix.SYS_READ, name: "read", kind: reads, asked: length{arg: 2}},
		{number: unix.SYS_WRITE, name: "write", kind: writes, asked: length{arg: 2}},
		{number: unix.SYS_CLOSE, name: "close", kind: closes},
		{number: unix.SYS_RECVFROM, name: "recvfrom", kind: reads, asked: length{arg: 2}, flags: 3},
		{number: unix.SYS_SENDTO, name: "sendto", kind: writes, asked: length{arg: 2}, flags: 3},
		{number: unix.SYS_RECVMSG, name: "recvmsg", kind: reads, asked: length{arg: 1, header: true}, flags: 2},
		{number: unix.SYS_SENDMSG, name: "sendmsg", kind: writes, asked: length{arg: 1, header: true}, flags: 2},
		{number: unix.SYS_READV, name: "readv", kind: reads, asked: length{arg: 1, vector: true}},
		{number: unix.SYS_WRITEV, name: "writev", kind: writes, asked: length{arg: 1, vector: true}},
		{number: unix.SYS_ACCEPT4, name: "accept4", kind: accepts},
		{number: unix.SYS_CONNECT, name: "connect", kind: dials},
		{number: unix.SYS_ACCEPT, name: "accept", kind: accepts},
		{number: unix.SYS_LISTEN, name: "listen", kind: listens},
		{number: unix.SYS_SHUTDOWN, name: "shutdown", kind: shuts},
		{number: unix.SYS_SENDFILE, name: "sendfile", kind: sends, asked: length{arg: 3}},
		{number: unix.SYS_SPLICE, name: "splice", kind: moves, asked: length{arg: 4}},
		{number: unix.SYS_DUP, name: "dup", kind: copies},
		{number: unix.SYS_DUP3, name: "dup3", kind: replaces},
		{number: unix.SYS_CLOSE_RANGE, name: "close_range", kind: closesMany},
		{number: unix.SYS_SETSOCKOPT, name: "setsockopt", kind: sets, when: []condition{
			{arg: 1, mask: any, values: []uint32{unix.SOL_SOCKET, unix.IPPROTO_TCP}},
			{arg: 2, mask: any, values: []uint32{unix.SO_LINGER, unix.TCP_REPAIR}},
		}},
		{number: unix.SYS_GETSOCKOPT, name: "getsockopt", kind: asks, when: []condition{
			{arg: 1, mask: any, values: []uint32{unix.SOL_SOCKET}},
			{arg: 2, mask: any, values: []uint32{unix.SO_ERROR}},
		}},
		{number: unix.SYS_FCNTL, name: "fcntl", kind: copies, when: []condition{
			{arg: 1, mask: any, values: []uint32{unix.F_DUPFD, unix.F_DUPFD_CLOEXEC}},
		}},
	}
	return append(list, archCalls()...)
}

// op is what the model calls a transfer.
func (c *call) op(args [6]uint64) scenario.Op {
	switch {
	case c.kind == writes || c.kind == sends:
		return scenario.OpWrite
	case c.flags != 0 && args[c.flags]&unix.MSG_PEEK != 0:
		return scenario.OpPeek
	}
	return scenario.OpRead
}
