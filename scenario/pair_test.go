package scenario

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

// forEachFamily runs the test over both families, as far as there are any.
func forEachFamily(t *testing.T, test func(*testing.T, Family)) {
	for _, f := range []Family{IPv4, IPv6} {
		t.Run(string(f), func(t *testing.T) {
			needLoopback(t, f)
			test(t, f)
		})
	}
}

func needLoopback(t *testing.T, f Family) {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(f.Loopback().String(), "0"))
	if err != nil {
		t.Skipf("no %s loopback here: %v", f, err)
	}
	l.Close()
}

// pair returns both ends of a recorded connection.
func pair(t *testing.T, rec *Recorder, f Family) (client, server *Conn) {
	t.Helper()
	l, err := rec.Listen(t.Context(), Server, "tcp", net.JoinHostPort(f.Loopback().String(), "0"))
	must(t, err)
	defer l.Close()
	c, err := rec.Dialer(Client).DialContext(t.Context(), "tcp", l.Addr().String())
	must(t, err)
	s, err := l.Accept()
	must(t, err)
	t.Cleanup(func() {
		c.(*Conn).net.Close()
		s.(*Conn).net.Close()
	})
	return c.(*Conn), s.(*Conn)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// within is a context for what should take no time; the test fails on its own
// terms if it does.
func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// told prints events as a table: socket, role, operation, octets, fault.
func told(events []Event) string {
	var b strings.Builder
	for _, e := range events {
		line := fmt.Sprintf("%d %s %s %d/%d %s", e.Conn, e.Role, e.Op, e.N, e.Asked, e.Fault)
		b.WriteString(strings.TrimSpace(line) + "\n")
	}
	return b.String()
}

// sameTable compares the events with a table as told prints it.
func sameTable(t *testing.T, events []Event, want string) {
	t.Helper()
	if got := told(events); got != strings.TrimLeft(want, "\n") {
		t.Errorf("the events are\n%s\nnot\n%s", got, want)
	}
}
