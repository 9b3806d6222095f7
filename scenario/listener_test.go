package scenario

import (
	"errors"
	"net"
	"net/netip"
	"syscall"
	"testing"
)

func TestListenThatFails(t *testing.T) {
	rec := NewRecorder()
	l, err := rec.Listen(t.Context(), Server, "tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	if _, err := rec.Listen(t.Context(), Server, "tcp", l.Addr().String()); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("listened twice: %v", err)
	}
	sameTable(t, rec.Events(), `
1 server listen 0/0
2 server listen 0/0 EADDRINUSE
`)
}

// TestAcceptThatFails: no socket came of it, so it is an event of the listener.
func TestAcceptThatFails(t *testing.T) {
	rec := NewRecorder()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	l := rec.Listener("door", inner)
	if l.NetListener() != inner {
		t.Error("the listener underneath is another one")
	}
	l.Close()
	if c, err := l.Accept(); c != nil || !errors.Is(err, net.ErrClosed) {
		t.Errorf("accepted %v, %v", c, err)
	}
	sameTable(t, rec.Events(), `
1 door close 0/0
1 door accept 0/0 CLOSED
`)
}

func TestAcceptOfStrangers(t *testing.T) {
	rec := NewRecorder()
	l, err := rec.Listen(t.Context(), Server, "tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	stranger, err := net.Dial("tcp", l.Addr().String())
	must(t, err)
	defer stranger.Close()
	friend, err := rec.Dialer(Client).Dial("tcp", l.Addr().String())
	must(t, err)
	defer friend.Close()

	c, err := l.accept(func(remote netip.AddrPort) bool { return remote == addrPort(friend.LocalAddr()) })
	must(t, err)
	defer c.Close()
	if c.RemoteAddr().String() != friend.LocalAddr().String() {
		t.Errorf("accepted %v", c.RemoteAddr())
	}
	if _, err := stranger.Read(make([]byte, 1)); FaultOf(err) != EOF {
		t.Errorf("the stranger reads %v", err)
	}
	sameTable(t, rec.Events(), `
1 server listen 0/0
2 client dial 0/0
3 server accept 0/0
`)
}

// TestDualStackListener: an IPv4 client of an IPv6 socket has an IPv4 address
// on the wire, and in the recording.
func TestDualStackListener(t *testing.T) {
	needLoopback(t, IPv6)
	rec := NewRecorder()
	l, err := rec.Listen(t.Context(), Server, "tcp", ":0")
	must(t, err)
	defer l.Close()
	to := netip.AddrPortFrom(IPv4.Loopback(), addrPort(l.Addr()).Port())
	client, err := rec.Dialer(Client).Dial("tcp", to.String())
	must(t, err)
	defer client.Close()
	server, err := l.Accept()
	must(t, err)
	defer server.Close()
	events := rec.Events()
	if dial, accept := events[1], events[2]; accept.Local != to || accept.Remote != dial.Local {
		t.Errorf("dialled %v→%v, accepted %v→%v", dial.Local, dial.Remote, accept.Local, accept.Remote)
	}
}
