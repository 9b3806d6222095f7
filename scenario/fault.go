package scenario

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Fault says how a call failed: the errno's name ("ECONNRESET"), or one of the
// words below for what is not an errno. The zero value means success.
type Fault string

// The faults that the endpoint model speaks of.
const (
	EOF      Fault = "EOF"
	Deadline Fault = "DEADLINE" // os.ErrDeadlineExceeded or context.DeadlineExceeded
	Closed   Fault = "CLOSED"   // net.ErrClosed
	Canceled Fault = "CANCELED" // context.Canceled
	Other    Fault = "OTHER"
	// UnexpectedEOF is io.ErrUnexpectedEOF: a library's word for a stream that
	// ended in the middle of something.
	UnexpectedEOF Fault = "UNEXPECTED_EOF"
	ECONNRESET    Fault = "ECONNRESET"
	ECONNREFUSED  Fault = "ECONNREFUSED"
	ECONNABORTED  Fault = "ECONNABORTED"
	EPIPE         Fault = "EPIPE"
	ENOTCONN      Fault = "ENOTCONN"
	ETIMEDOUT     Fault = "ETIMEDOUT"
)

// FaultOf returns the fault that err stands for, by looking through its chain.
// An errno wins over everything else; nil gives "".
func FaultOf(err error) Fault {
	var errno syscall.Errno
	switch {
	case err == nil:
		return ""
	case errors.As(err, &errno):
		if name := unix.ErrnoName(errno); name != "" {
			return Fault(name)
		}
		return Other
	case errors.Is(err, io.EOF):
		return EOF
	case errors.Is(err, io.ErrUnexpectedEOF):
		return UnexpectedEOF
	case errors.Is(err, net.ErrClosed):
		return Closed
	case errors.Is(err, context.Canceled):
		return Canceled
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return Deadline
	}
	return Other
}

// Test returns the Go expression that detects the fault in an error named err,
// or "" if there is none.
func (f Fault) Test() string {
	switch f {
	case "", Other:
		return ""
	case EOF:
		return "err == io.EOF"
	case UnexpectedEOF:
		return "errors.Is(err, io.ErrUnexpectedEOF)"
	case Deadline:
		return "errors.Is(err, os.ErrDeadlineExceeded)"
	case Closed:
		return "errors.Is(err, net.ErrClosed)"
	case Canceled:
		return "errors.Is(err, context.Canceled)"
	}
	return "errors.Is(err, syscall." + string(f) + ")"
}
