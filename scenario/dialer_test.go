package scenario

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// refusing returns an address that nobody listens on, for as long as the test
// runs.
func refusing(t *testing.T, f Family) netip.AddrPort {
	t.Helper()
	b, err := bindNew(netip.AddrPortFrom(f.Loopback(), 0))
	must(t, err)
	t.Cleanup(func() { b.close() })
	return b.addr
}

func TestRefusedDialKnowsItsLocalAddress(t *testing.T) {
	forEachFamily(t, func(t *testing.T, f Family) {
		rec := NewRecorder()
		to := refusing(t, f)
		c, err := rec.Dialer(Client).Dial("tcp", to.String())
		if c != nil || !errors.Is(err, syscall.ECONNREFUSED) {
			t.Fatalf("dial: %v, %v", c, err)
		}
		sameTable(t, rec.Events(), "1 client dial 0/0 ECONNREFUSED\n")
		e := rec.Events()[0]
		if e.Local.Addr() != f.Loopback() || e.Local.Port() == 0 || e.Remote != to {
			t.Errorf("from %v to %v", e.Local, e.Remote)
		}
	})
}

func TestDialKeepsTheUsersSettings(t *testing.T) {
	rec := NewRecorder()
	l, err := rec.Listen(t.Context(), Server, "tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	local := refusing(t, IPv4) // only to have a number that is free in a moment
	local = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 9}), local.Port())

	d := rec.Dialer(Client)
	d.Settings.LocalAddr = net.TCPAddrFromAddrPort(local)
	d.Settings.Timeout = time.Minute
	var asked string
	d.Settings.Control = func(network, address string, _ syscall.RawConn) error {
		asked = network + " " + address
		return nil
	}
	c, err := d.Dial("tcp", l.Addr().String())
	must(t, err)
	defer c.Close()
	if asked != "tcp4 "+l.Addr().String() {
		t.Errorf("the user's Control was asked for %q", asked)
	}
	e := rec.Events()[1]
	if e.Local != local || addrPort(c.LocalAddr()) != local {
		t.Errorf("dialled from %v and recorded %v, not %v", c.LocalAddr(), e.Local, local)
	}
	if left := e.Deadline.Sub(e.Start); left < 50*time.Second || left > 70*time.Second {
		t.Errorf("the deadline is in %v, not in a minute", left)
	}

	refusal := errors.New("not today")
	d.Settings.ControlContext = func(context.Context, string, string, syscall.RawConn) error { return refusal }
	if _, err := d.Dial("tcp", l.Addr().String()); !errors.Is(err, refusal) {
		t.Errorf("the user's ControlContext refused, and the dial returned %v", err)
	}
}

func TestDialOfAName(t *testing.T) {
	rec := NewRecorder()
	to := refusing(t, IPv4)
	_, port, err := net.SplitHostPort(to.String())
	must(t, err)
	if _, err := rec.Dialer(Client).Dial("tcp4", "localhost:"+port); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Skipf("localhost is not 127.0.0.1 here: %v", err)
	}
	if e := rec.Events()[0]; e.Remote != to || e.Local.Addr() != to.Addr() || e.Local.Port() == 0 {
		t.Errorf("from %v to %v", e.Local, e.Remote)
	}
}

func TestDialThatIsCancelled(t *testing.T) {
	rec := NewRecorder()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := rec.Dialer(Client).DialContext(ctx, "tcp", "127.0.0.1:1")
	if err == nil {
		t.Fatal("dialled with a context that has ended")
	}
	sameTable(t, rec.Events(), "1 client dial 0/0 CANCELED\n")
}

func TestDialOfAnotherNetwork(t *testing.T) {
	rec := NewRecorder()
	path := filepath.Join(t.TempDir(), "socket")
	l, err := rec.Listen(t.Context(), Server, "unix", path)
	must(t, err)
	defer l.Close()
	c, err := rec.Dialer(Client).Dial("unix", path)
	must(t, err)
	defer c.Close()
	for _, e := range rec.Events() {
		if e.Local.IsValid() || e.Remote.IsValid() {
			t.Errorf("%s: %v→%v in a unix socket", e.Op, e.Local, e.Remote)
		}
	}
}

// TestBindBeforeConnect: which sockets are bound, and which are left alone.
func TestBindBeforeConnect(t *testing.T) {
	loopback, elsewhere := IPv4.Loopback(), netip.MustParseAddr("192.0.2.1")
	for _, test := range []struct {
		name string
		to   netip.Addr
		may  bool
		want netip.Addr
	}{
		{"loopback", loopback, true, loopback},
		{"loopback, the user names a local address", loopback, false, netip.Addr{}},
		{"elsewhere", elsewhere, true, netip.Addr{}},
	} {
		raw := unboundSocket(t)
		local, err := bindBeforeConnect(raw, test.to, test.may)
		if err != nil || local.Addr() != test.want || local.IsValid() != (local.Port() != 0) {
			t.Errorf("%s: bound to %v, %v", test.name, local, err)
		}
		if again, err := bindBeforeConnect(raw, loopback, true); local.IsValid() && (again != local || err != nil) {
			t.Errorf("%s: bound twice, to %v and %v, %v", test.name, local, again, err)
		}
	}
}

// fdConn is the little of a RawConn that binding needs.
type fdConn int

func (c fdConn) Control(f func(uintptr)) error { f(uintptr(c)); return nil }
func (fdConn) Read(func(uintptr) bool) error   { return errors.ErrUnsupported }
func (fdConn) Write(func(uintptr) bool) error  { return errors.ErrUnsupported }

func unboundSocket(t *testing.T) syscall.RawConn {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	must(t, err)
	t.Cleanup(func() { syscall.Close(fd) })
	return fdConn(fd)
}
