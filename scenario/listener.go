package scenario

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// Listener is a listener whose calls are recorded, and whose connections are
// recorded too.
type Listener struct {
	rec  *Recorder
	net  net.Listener
	sock socket
}

var _ net.Listener = (*Listener)(nil)

// Listen announces on an address, as [net.Listen], and records the call. It
// takes a socket number of its own, also if it fails.
func (r *Recorder) Listen(ctx context.Context, role Role, network, address string) (*Listener, error) {
	s := r.newSocket(role, netip.AddrPort{}, netip.AddrPort{})
	id := r.begin(s.event(OpListen))
	var lc net.ListenConfig
	if r.calm {
		lc.KeepAlive = -1
	}
	l, err := lc.Listen(ctx, network, address)
	t := now()
	var heard heard
	if err == nil {
		s.local = addrPort(l.Addr())
		heard = s.ask(l)
	}
	r.endMade(id, t, s, err, heard)
	if err != nil {
		return nil, err
	}
	return &Listener{rec: r, net: l, sock: s}, nil
}

// Listener wraps a listener that exists already. It takes the next socket
// number; that it listens is not an event, since nobody saw the call.
func (r *Recorder) Listener(role Role, l net.Listener) *Listener {
	return &Listener{rec: r, net: l, sock: r.newSocket(role, addrPort(l.Addr()), netip.AddrPort{})}
}

// Accept waits for a connection, records the call, and returns a [*Conn] of
// the listener's role. The event carries the number of the accepted socket;
// while the call has not returned, or if it failed, the listener's.
func (l *Listener) Accept() (net.Conn, error) {
	c, err := l.accept(func(netip.AddrPort) bool { return true })
	if err != nil {
		return nil, err // not a nil *Conn in an interface
	}
	return c, nil
}

// accept is Accept for those remote addresses only that are ours. A stranger,
// such as a port scanner, is closed at once and leaves no trace.
func (l *Listener) accept(ours func(remote netip.AddrPort) bool) (*Conn, error) {
	id := l.rec.begin(l.sock.event(OpAccept))
	for {
		c, err := l.net.Accept()
		if err != nil {
			l.rec.end(id, 0, err, unasked)
			return nil, err
		}
		remote := addrPort(c.RemoteAddr())
		if !ours(remote) {
			c.Close() // its result concerns nobody
			continue
		}
		t := now() // before the lock that a socket number takes
		local := addrPort(c.LocalAddr())
		heard := socket{local: local, remote: remote}.ask(c)
		s := l.rec.newSocket(l.sock.role, local, remote)
		l.rec.endMade(id, t, s, nil, heard)
		made := l.rec.wrap(c, s)
		l.rec.made(s.event(OpAccept), made)
		return made, nil
	}
}

// Close stops listening and records the call. Connections that were accepted
// live on; those still in the queue are reset by the kernel.
func (l *Listener) Close() error {
	return l.rec.call(l.sock.event(OpClose), unasked, l.net.Close)
}

// AwaitQueue blocks until a connection waits to be accepted. It accepts none,
// and it is not recorded, for it tells nothing of any connection. If ctx ends
// first the error is a [*WaitError]. The error is [errors.ErrUnsupported] if
// the listener underneath has no file descriptor.
func (l *Listener) AwaitQueue(ctx context.Context) error {
	sc, ok := l.net.(syscall.Conn)
	if !ok {
		return fmt.Errorf("scenario: %T has no file descriptor: %w", l.net, errors.ErrUnsupported)
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return fmt.Errorf("scenario: listener's descriptor: %w", err)
	}
	_, err = l.sock.await(ctx, raw, PollIn, "a connection in the queue")
	return err
}

// Addr returns the listener's address.
func (l *Listener) Addr() net.Addr { return l.net.Addr() }

// NetListener returns the listener underneath. Calls made on it are not
// recorded.
func (l *Listener) NetListener() net.Listener { return l.net }
