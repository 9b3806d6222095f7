package scenario

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestDiagFindsExactlyOneSocket(t *testing.T) {
	forEachFamily(t, func(t *testing.T, f Family) {
		d, err := openDiag()
		must(t, err)
		defer d.close()
		rec := NewRecorder()
		l, err := rec.Listen(t.Context(), Server, "tcp", netip.AddrPortFrom(f.Loopback(), 0).String())
		must(t, err)
		defer l.Close()
		c, err := rec.Dialer(Client).dial(t.Context(), "tcp", l.Addr().String())
		must(t, err)
		s, err := l.accept(func(netip.AddrPort) bool { return true })
		must(t, err)

		sameState(t, d, c, "ESTABLISHED")
		sameState(t, d, s, "ESTABLISHED")
		must(t, s.Close())
		must(t, c.AwaitFIN(within(t, long)))
		sameState(t, d, c, "CLOSE_WAIT")
		must(t, AwaitFINAcked(within(t, long), Server, s.sock.local, s.sock.remote))
		// No socket is left, only a bucket; the listener on its port is another.
		if state, found, err := d.state(s.sock.local, s.sock.remote); err != nil || !found ||
			state != stateFinWait2 && state != stateTimeWait {
			t.Errorf("the closed socket: %s, %v, %v", stateName(state), found, err)
		}
		must(t, c.Close())
		nobody := netip.AddrPortFrom(f.Loopback(), 1)
		for _, at := range []netip.AddrPort{l.sock.local, nobody} {
			if state, found, err := d.state(at, nobody); found || err != nil {
				t.Errorf("no such connection: %s, %v, %v", stateName(state), found, err)
			}
		}
		must(t, AwaitFINAcked(within(t, long), Server, nobody, nobody)) // gone is acknowledged
	})
}

func sameState(t *testing.T, d *diag, c *Conn, want string) {
	t.Helper()
	state, found, err := d.state(c.sock.local, c.sock.remote)
	if err != nil || !found || stateName(state) != want {
		t.Errorf("%v: %s, %v, %v, not %s", c.sock.local, stateName(state), found, err, want)
	}
	raw, err := c.SyscallConn()
	must(t, err)
	must(t, raw.Control(func(fd uintptr) {
		if got := stateOf(int(fd)); got != want {
			t.Errorf("TCP_INFO says %s, not %s", got, want)
		}
	}))
}

// TestAwaitFINAckedIsPatient: a FIN behind data that the peer has no room for
// can not be acknowledged until it makes room.
func TestAwaitFINAckedIsPatient(t *testing.T) {
	forEachFamily(t, func(t *testing.T, f Family) {
		client, server := pair(t, NewRecorder(), f)
		overfill(t, server, client)
		must(t, server.Close())
		err := AwaitFINAcked(within(t, short), Server, server.sock.local, server.sock.remote)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.HasSuffix(err.Error(), ", state FIN_WAIT1") {
			t.Errorf("before there is room: %v", err)
		}
		_, err = io.Copy(io.Discard, client)
		must(t, err)
		must(t, AwaitFINAcked(within(t, long), Server, server.sock.local, server.sock.remote))
	})
}

// overfill writes more than the reader has room for, and keeps that room from
// growing.
func overfill(t *testing.T, writer, reader *Conn) {
	t.Helper()
	raw, err := reader.SyscallConn()
	must(t, err)
	var room int
	must(t, raw.Control(func(fd uintptr) {
		if room, err = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF); err == nil {
			// The kernel doubles it. A size that was set stays (SOCK_RCVBUF_LOCK).
			err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, room/2)
		}
	}))
	must(t, err)
	must(t, writer.SetWriteDeadline(time.Now().Add(long)))
	// Where the writer's buffer is small, both are full at the deadline.
	if _, err := writer.Write(make([]byte, 2*room)); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(err)
	}
}

// asNobody is set in the environment of a test that has given up root.
const asNobody = "RSTWATCH_TEST_AS_NOBODY"

func TestAwaitFINAckedNeedsNoPrivilege(t *testing.T) {
	if os.Getenv(asNobody) == "" && os.Getuid() == 0 {
		runAsNobody(t)
		return
	}
	client, server := pair(t, NewRecorder(), IPv4)
	must(t, server.Close())
	must(t, client.AwaitFIN(within(t, long)))
	must(t, AwaitFINAcked(within(t, long), Server, server.sock.local, server.sock.remote))
}

// runAsNobody runs this test again without privilege, from a copy of its
// program that everybody may execute.
func runAsNobody(t *testing.T) {
	t.Helper()
	program, err := os.ReadFile("/proc/self/exe")
	must(t, err)
	dir, err := os.MkdirTemp("", "rstwatch-test-") // t.TempDir is not for others
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	must(t, os.Chmod(dir, 0o755))
	must(t, os.WriteFile(dir+"/test", program, 0o755))
	cmd := exec.Command(dir+"/test", "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), asNobody+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EINVAL) {
		t.Skipf("root of this user namespace can not become nobody: %v", err)
	}
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("as nobody: %v\n%s", err, out)
	}
}

func TestDiagAnswers(t *testing.T) {
	refused := make([]byte, unix.NLMSG_HDRLEN+4)
	binary.NativeEndian.PutUint16(refused[4:], unix.NLMSG_ERROR)
	binary.NativeEndian.PutUint32(refused[unix.NLMSG_HDRLEN:], uint32(0xffffffff)) // -EPERM
	if _, err := diagState(refused); !errors.Is(err, unix.EPERM) {
		t.Errorf("refused: %v", err)
	}
	if _, err := diagState(refused[:10]); err == nil {
		t.Error("half a message passed for one")
	}
	binary.NativeEndian.PutUint16(refused[4:], unix.NLMSG_DONE)
	if _, err := diagState(refused); err == nil {
		t.Error("another message passed for the answer")
	}
}
