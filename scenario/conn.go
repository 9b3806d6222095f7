package scenario

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"
)

// Conn is a connection whose calls are recorded. It behaves as the connection
// it wraps.
//
// It has no ReadFrom and no WriteTo on purpose: with them io.Copy would hand
// the octets to splice or sendfile inside the kernel, and the reads and writes
// in between would not be seen. Without them io.Copy uses Read and Write. So
// what io.Copy says of a failure differs from what it says of *net.TCPConn:
// "write tcp …: write: broken pipe", not "writeto tcp …: readfrom tcp …: splice:
// broken pipe", and net/http and httputil copy in the same plain way.
type Conn struct {
	rec  *Recorder
	net  net.Conn
	sock socket

	mu            sync.Mutex // held while a deadline is set, and to begin and end what it governs
	reads, writes calls

	open context.Context // ends when Close begins
	shut context.CancelFunc
}

var _ net.Conn = (*Conn)(nil)

// Conn wraps a connection that exists already; its next call is the first to
// be recorded. Each wrapped connection takes the next socket number.
func (r *Recorder) Conn(role Role, c net.Conn) *Conn {
	return r.wrap(c, r.newSocket(role, addrPort(c.LocalAddr()), addrPort(c.RemoteAddr())))
}

func (r *Recorder) wrap(c net.Conn, s socket) *Conn {
	open, shut := context.WithCancel(context.Background())
	made := &Conn{rec: r, net: c, sock: s, open: open, shut: shut}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.kept {
		r.conns = append(r.conns, made)
	}
	return made
}

// NetConn returns the connection underneath. Calls made on it are not
// recorded, and a read there takes octets that the recording then lacks.
func (c *Conn) NetConn() net.Conn { return c.net }

// LocalAddr returns the local address of the connection underneath.
func (c *Conn) LocalAddr() net.Addr { return c.net.LocalAddr() }

// RemoteAddr returns the remote address of the connection underneath.
func (c *Conn) RemoteAddr() net.Addr { return c.net.RemoteAddr() }

// Read reads from the connection, as [net.Conn] says, and records the call.
func (c *Conn) Read(p []byte) (int, error) {
	e := c.sock.event(OpRead)
	e.Asked = len(p)
	id := c.begin(e, &c.reads)
	n, err := c.net.Read(p)
	c.end(id, &c.reads, n, err)
	return n, err
}

// Write writes to the connection, as [net.Conn] says, and records the call.
func (c *Conn) Write(p []byte) (int, error) {
	e := c.sock.event(OpWrite)
	e.Asked = len(p)
	id := c.begin(e, &c.writes)
	n, err := c.net.Write(p)
	c.end(id, &c.writes, n, err)
	return n, err
}

// Close closes the connection and records the call, also where it was closed
// before (fault CLOSED). It ends the waits that are under way, for a descriptor
// that is being polled can not be closed.
func (c *Conn) Close() error {
	return c.rec.call(c.sock.event(OpClose), c.ask, func() error {
		c.shut()
		return c.net.Close()
	})
}

// CloseWrite shuts down the writing side, as [net.TCPConn.CloseWrite]. The
// error is [errors.ErrUnsupported] if the connection underneath can not.
func (c *Conn) CloseWrite() error {
	return c.rec.call(c.sock.event(OpCloseWrite), c.ask, func() error {
		if w, ok := c.net.(interface{ CloseWrite() error }); ok {
			return w.CloseWrite()
		}
		return c.unsupported(OpCloseWrite)
	})
}

// CloseRead shuts down the reading side, as [net.TCPConn.CloseRead]. The error
// is [errors.ErrUnsupported] if the connection underneath can not.
func (c *Conn) CloseRead() error {
	return c.rec.call(c.sock.event(OpCloseRead), c.ask, func() error {
		if r, ok := c.net.(interface{ CloseRead() error }); ok {
			return r.CloseRead()
		}
		return c.unsupported(OpCloseRead)
	})
}

// SetLinger sets what Close does with unsent data, as [net.TCPConn.SetLinger]:
// sec in seconds, 0 for an abort, negative for the default. The error is
// [errors.ErrUnsupported] if the connection underneath can not.
func (c *Conn) SetLinger(sec int) error {
	e := c.sock.event(OpSetLinger)
	e.Asked = sec
	return c.rec.call(e, c.ask, func() error {
		if l, ok := c.net.(interface{ SetLinger(int) error }); ok {
			return l.SetLinger(sec)
		}
		return c.unsupported(OpSetLinger)
	})
}

// SyscallConn returns the raw connection, as [syscall.Conn]; what is done
// through it is not recorded. The error is [errors.ErrUnsupported] if the
// connection underneath has none.
func (c *Conn) SyscallConn() (syscall.RawConn, error) {
	if s, ok := c.net.(syscall.Conn); ok {
		return s.SyscallConn()
	}
	return nil, fmt.Errorf("scenario: %T has no file descriptor: %w", c.net, errors.ErrUnsupported)
}

func (c *Conn) unsupported(op Op) error {
	return fmt.Errorf("scenario: %s on %T: %w", op, c.net, errors.ErrUnsupported)
}
