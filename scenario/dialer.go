package scenario

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"
)

// Dialer dials connections that are recorded. Its methods are safe for
// concurrent use once Settings is set.
//
// A dial that fails leaves no connection to ask for its local address, and yet
// the SYN on the wire came from one. So, where the destination is a loopback
// address and Settings names no local one, the socket is bound to the
// destination's address and a free port before it connects. Other
// destinations are dialled unbound; their Local is known on success only.
type Dialer struct {
	// Settings are the options of the real dialer. It is not embedded,
	// because its other dialling methods would go past the recorder.
	Settings net.Dialer

	rec  *Recorder
	role Role
}

// Dialer returns a dialer with default settings.
func (r *Recorder) Dialer(role Role) *Dialer { return &Dialer{rec: r, role: role} }

// Dial is DialContext with the background context.
func (d *Dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

// DialContext connects, as [net.Dialer.DialContext], records the call and
// returns a [*Conn]. The event carries the number of the socket that the call
// makes, also if it fails. Where a name stands for several addresses, it is
// one event, with the addresses of the attempt whose result was returned.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := d.dial(ctx, network, address)
	if err != nil {
		return nil, err // not a nil *Conn in an interface
	}
	return c, nil
}

func (d *Dialer) dial(ctx context.Context, network, address string) (*Conn, error) {
	real := d.Settings // a copy: the hook belongs to this call
	if d.rec.calm && real.KeepAlive == 0 && !real.KeepAliveConfig.Enable {
		real.KeepAlive = -1
	}
	tries := attempts{local: make(map[netip.AddrPort]netip.AddrPort), bound: d.rec.dialling(d.role)}
	real.Control, real.ControlContext = nil, tries.hook(d.Settings)

	s := d.rec.newSocket(d.role, netip.AddrPort{}, netip.AddrPort{})
	e := s.event(OpDial)
	e.Deadline = deadlineOf(ctx, &real)
	id := d.rec.begin(e)
	c, err := real.DialContext(ctx, network, address)
	t := now()
	var heard heard
	if err == nil {
		s.local, s.remote = addrPort(c.LocalAddr()), addrPort(c.RemoteAddr())
		heard = s.ask(c)
	} else {
		s.local, s.remote = tries.of(err)
	}
	d.rec.endMade(id, t, s, err, heard)
	if err != nil {
		return nil, err
	}
	made := d.rec.wrap(c, s)
	d.rec.made(s.event(OpDial), made)
	return made, nil
}

// deadlineOf returns when the dial gives up by itself: the earliest of the
// context's deadline and the dialer's two.
func deadlineOf(ctx context.Context, d *net.Dialer) time.Time {
	first, _ := ctx.Deadline()
	sooner := func(t time.Time) {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	sooner(d.Deadline)
	if d.Timeout > 0 {
		sooner(time.Now().Add(d.Timeout))
	}
	return first.Round(0)
}

// attempts are the sockets that one dial made: where a name has several
// addresses the dialer tries them in turn, or two at a time (RFC 8305).
type attempts struct {
	mu    sync.Mutex
	local map[netip.AddrPort]netip.AddrPort // by remote address
	bound func(local, remote netip.AddrPort) error
}

// hook returns the control function of one dial. The user's own runs first,
// so that a socket it has bound stays as it is.
func (a *attempts) hook(user net.Dialer) func(context.Context, string, string, syscall.RawConn) error {
	return func(ctx context.Context, network, address string, raw syscall.RawConn) error {
		switch {
		case user.ControlContext != nil:
			if err := user.ControlContext(ctx, network, address, raw); err != nil {
				return err
			}
		case user.Control != nil:
			if err := user.Control(network, address, raw); err != nil {
				return err
			}
		}
		if network != "tcp4" && network != "tcp6" {
			return nil
		}
		remote, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("scenario: dial %s: %w", address, err)
		}
		local, err := bindBeforeConnect(raw, remote.Addr(), user.LocalAddr == nil)
		if err != nil {
			return fmt.Errorf("scenario: dial %s: %w", address, err)
		}
		a.mu.Lock()
		a.local[remote] = local
		a.mu.Unlock()
		if user.LocalAddr != nil && !local.IsValid() {
			local = addrPort(user.LocalAddr) // it is about to be bound
		}
		return a.bound(local, remote)
	}
}

// of returns the addresses of the attempt that err speaks of.
func (a *attempts) of(err error) (local, remote netip.AddrPort) {
	var op *net.OpError
	if !errors.As(err, &op) || op.Addr == nil {
		return netip.AddrPort{}, netip.AddrPort{}
	}
	remote = addrPort(op.Addr)
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.local[remote], remote
}

// bindBeforeConnect binds a socket that is about to connect to a loopback
// address, if it may, and returns the address that the socket is bound to:
// invalid if it has no port yet.
func bindBeforeConnect(raw syscall.RawConn, to netip.Addr, may bool) (local netip.AddrPort, err error) {
	ctlErr := raw.Control(func(fd uintptr) {
		if local, err = boundTo(int(fd)); err != nil || local.Port() != 0 {
			return
		}
		if !may || !to.IsLoopback() {
			local = netip.AddrPort{}
			return
		}
		if err = bindSocket(int(fd), netip.AddrPortFrom(to, 0)); err == nil {
			local, err = boundTo(int(fd))
		}
	})
	if ctlErr != nil {
		err = ctlErr
	}
	return local, err
}
