package rstwatchtest

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"syscall"

	"github.com/rstwatch/rstwatch/scenario"
)

// Listen announces on an address, as [net.Listen] does, and records what is done
// with the listener and with the connections that it accepts. Those are
// [*scenario.Conn]. An address without a port, such as "127.0.0.1:0", is as good as
// any. It blocks until the port is captured, some 10 ms.
func (r *Recorder) Listen(network, address string) (net.Listener, error) {
	r.t.Helper()
	// A port that is known already may be dialled as soon as somebody listens there.
	if _, port, err := net.SplitHostPort(address); err == nil && isTCP(network) {
		if n, err := net.LookupPort(network, port); err == nil && n != 0 {
			r.watch(uint16(n))
		}
	}
	l, err := r.calls.Listen(context.Background(), scenario.Server, network, address)
	if err != nil {
		return nil, err
	}
	r.watchListener(l)
	return l, nil
}

// Listener records what is done with a listener that exists already, such as that of
// httptest.NewUnstartedServer, and with the connections that it accepts. What is
// done through l itself is not seen. It blocks as Listen does.
func (r *Recorder) Listener(l net.Listener) net.Listener {
	r.t.Helper()
	r.watchListener(l)
	return r.calls.Listener(scenario.Server, l)
}

func (r *Recorder) watchListener(l net.Listener) {
	r.t.Helper()
	if a, ok := l.Addr().(*net.TCPAddr); ok {
		r.watch(uint16(a.Port))
	}
}

// Dial is DialContext with the background context.
func (r *Recorder) Dial(network, address string) (net.Conn, error) {
	return r.DialContext(context.Background(), network, address)
}

// DialContext connects, as [net.Dialer.DialContext] does, and records what is done
// with the connection, which is a [*scenario.Conn]. It is what
// [net/http.Transport.DialContext] takes. A port that was not captured yet is from
// before the first SYN on.
func (r *Recorder) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return r.DialWith(ctx, net.Dialer{}, network, address)
}

// DialWith is DialContext with a dialer of the caller's own: its timeout, its local
// address, and what its Control does to the socket.
func (r *Recorder) DialWith(ctx context.Context, settings net.Dialer, network, address string) (net.Conn, error) {
	own := settings
	settings.Control = nil
	settings.ControlContext = func(ctx context.Context, network, address string, raw syscall.RawConn) error {
		if to, err := netip.ParseAddrPort(address); err == nil && isTCP(network) {
			r.watch(to.Port())
		}
		switch {
		case own.ControlContext != nil:
			return own.ControlContext(ctx, network, address, raw)
		case own.Control != nil:
			return own.Control(network, address, raw)
		}
		return nil
	}
	d := r.calls.Dialer(scenario.Client)
	d.Settings = settings
	return d.DialContext(ctx, network, address)
}

func isTCP(network string) bool { return strings.HasPrefix(network, "tcp") }
