package lab

import (
	"context"
	"errors"
	"flag"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/scenario/sandbox"
	"github.com/rstwatch/rstwatch/scenario/sandbox/sandboxtest"
)

// role is the environment variable that makes this test binary play a part
// instead of running tests.
const role = "LAB_TEST_ROLE"

func TestMain(m *testing.M) {
	if Hook() {
		return
	}
	switch os.Getenv(role) {
	case "outside":
		os.Exit(tryOutside())
	case "parent":
		os.Exit(playParent())
	}
	if !sandbox.Inside() {
		// The child runs the example too; without one it can not be had, and an
		// example has no Skip. A -skip on the command line overrides this.
		if err := flag.Set("test.skip", "^Example$"); err != nil {
			panic(err)
		}
	}
	os.Exit(sandboxtest.Main(m))
}

// patient is how long a test waits for what must happen.
const patient = time.Minute

// onBoth runs a test in a sandbox over IPv4 and over IPv6, with the loopback
// address.
func onBoth(t *testing.T, f func(t *testing.T, at netip.Addr)) {
	t.Helper()
	needSandbox(t)
	for name, address := range map[string]string{"ipv4": "127.0.0.1", "ipv6": "::1"} {
		t.Run(name, func(t *testing.T) { f(t, netip.MustParseAddr(address)) })
	}
}

func needSandbox(t *testing.T) {
	t.Helper()
	if missing := sandboxtest.Missing(); missing != "" {
		t.Skip("needs ", missing)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patient)
	t.Cleanup(cancel)
	return ctx
}

func listen(t *testing.T, at netip.Addr) (*net.TCPListener, netip.AddrPort) {
	t.Helper()
	l, err := net.Listen("tcp", netip.AddrPortFrom(at, 0).String())
	must(t, err)
	t.Cleanup(func() { l.Close() })
	must(t, l.(*net.TCPListener).SetDeadline(time.Now().Add(patient)))
	return l.(*net.TCPListener), plain(l.Addr().(*net.TCPAddr).AddrPort())
}

// connect makes a connection and returns both ends. The listener stays.
func connect(t *testing.T, at netip.Addr) (client, server *end) {
	t.Helper()
	l, address := listen(t, at)
	c, err := net.Dial("tcp", address.String())
	must(t, err)
	s, err := l.Accept()
	must(t, err)
	return newEnd(t, c), newEnd(t, s)
}

// end is one end of a connection.
type end struct {
	*net.TCPConn
	t             *testing.T
	raw           syscall.RawConn
	local, remote netip.AddrPort
}

func newEnd(t *testing.T, c net.Conn) *end {
	t.Helper()
	e := &end{TCPConn: c.(*net.TCPConn), t: t}
	t.Cleanup(func() { e.Close() })
	must(t, e.SetDeadline(time.Now().Add(patient)))
	raw, err := e.SyscallConn()
	must(t, err)
	e.raw = raw
	e.local = plain(e.LocalAddr().(*net.TCPAddr).AddrPort())
	e.remote = plain(e.RemoteAddr().(*net.TCPAddr).AddrPort())
	return e
}

func (e *end) send(text string) {
	e.t.Helper()
	if n, err := e.Write([]byte(text)); n != len(text) || err != nil {
		e.t.Fatalf("write %q: %d, %v", text, n, err)
	}
}

// gets checks what the next read returns.
func (e *end) gets(want string) {
	e.t.Helper()
	buf := make([]byte, 100)
	if n, err := e.Read(buf); err != nil || string(buf[:n]) != want {
		e.t.Fatalf("read %q, %v, want %q", buf[:n], err, want)
	}
}

// fails checks how the next read fails.
func (e *end) fails(want error) {
	e.t.Helper()
	if n, err := e.Read(make([]byte, 100)); n != 0 || !errors.Is(err, want) {
		e.t.Fatalf("read %d, %v, want %v", n, err, want)
	}
}

func (e *end) numbers() SeqState {
	e.t.Helper()
	s, err := Sequence(e.raw)
	must(e.t, err)
	return s
}

// ask calls f with the descriptor.
func (e *end) ask(f func(fd int) (int, error)) (n int) {
	e.t.Helper()
	var err error
	must(e.t, errors.Join(e.raw.Control(func(fd uintptr) { n, err = f(int(fd)) }), err))
	must(e.t, err)
	return n
}

// unread returns how many octets have arrived.
func (e *end) unread() int {
	e.t.Helper()
	return e.ask(func(fd int) (int, error) { return unix.IoctlGetInt(fd, unix.SIOCINQ) })
}

// softError returns the pending error, or the soft one.
func (e *end) softError() syscall.Errno {
	e.t.Helper()
	return syscall.Errno(e.ask(func(fd int) (int, error) {
		return unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	}))
}

// until asks again and again, for what the kernel tells nobody.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	ctx := soon(t)
	for !holds() {
		select {
		case <-ctx.Done():
			t.Fatal("not within time: ", what)
		case <-tick.C:
		}
	}
}

// on installs a rule for the time of the test.
func on(t *testing.T, r *Rule, err error) *Rule {
	t.Helper()
	must(t, err)
	t.Cleanup(func() { must(t, r.Remove()) })
	return r
}

// watch counts segments and lets all of them pass.
func watch(t *testing.T, m Match) *Rule {
	t.Helper()
	m.Skip = 1<<32 - 1
	r, err := Drop(m)
	return on(t, r, err)
}

func counted(t *testing.T, r *Rule) uint64 {
	t.Helper()
	n, err := r.Count()
	must(t, err)
	return n
}
