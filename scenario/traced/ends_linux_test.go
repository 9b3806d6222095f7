//go:build amd64 || arm64

package traced

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/scenario"
)

// onSocket calls a function with a socket's descriptor.
func onSocket(c syscall.Conn, do func(fd int) error) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) { failed = do(int(fd)) })
	return errors.Join(err, failed)
}

// awaitEvent waits until poll(2) finds one of these events on a socket.
func awaitEvent(c syscall.Conn, events int16) error {
	return onSocket(c, func(fd int) error {
		list := []unix.PollFd{{Fd: int32(fd), Events: events}}
		for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
			if n, err := unix.Poll(list, 1000); n > 0 || err != nil && err != unix.EINTR {
				return err
			}
		}
		return os.ErrDeadlineExceeded
	})
}

// shutsBoth ends both directions by one call, and writes. What is above the
// argument's 32 bits the kernel does not look at.
func shutsBoth() int {
	c, s, err := both()
	if err != nil {
		return told(err)
	}
	defer s.Close()
	err = onSocket(c, func(fd int) error {
		if _, _, errno := unix.Syscall(unix.SYS_SHUTDOWN, uintptr(fd), 7<<32|unix.SHUT_RDWR, 0); errno != 0 {
			return errno
		}
		return nil
	})
	if err != nil {
		return told(err)
	}
	if _, err := c.Write([]byte("a")); !errors.Is(err, unix.EPIPE) {
		return told(fmt.Errorf("the write: %w", err))
	}
	return told(c.Close())
}

func TestShutdown(t *testing.T) {
	r := traced(t, "shut")
	for i, ev := range r.Events {
		if ev.Op != scenario.OpShutdown {
			continue
		}
		if ev.Asked != unix.SHUT_RDWR || ev.Fault != "" {
			t.Errorf("%+v", ev)
		}
		if got := inShort(r.Events[i+1:]); r.Code != 0 || !slices.Equal(got, []string{"client write 0 of 1 EPIPE", "client close", "server close"}) {
			t.Errorf("exit code %d, then %q", r.Code, got)
		}
		return
	}
	t.Errorf("exit code %d, no shutdown: %q", r.Code, inShort(r.Events))
}

// resetsEarly aborts a connection before it is accepted.
func resetsEarly(at string) int {
	l, err := net.Listen("tcp", at)
	if err != nil {
		return told(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return told(err)
	}
	// An RST that came before the last segment of the handshake would take it away.
	if err := awaitEvent(l.(*net.TCPListener), unix.POLLIN); err != nil {
		return told(err)
	}
	c.(*net.TCPConn).SetLinger(0)
	c.Close()
	s, err := l.Accept()
	if err != nil {
		return told(err)
	}
	if err := awaitEvent(s.(*net.TCPConn), unix.POLLIN); err != nil {
		return told(err)
	}
	if _, err := s.Read(make([]byte, 16)); !errors.Is(err, unix.ECONNRESET) {
		return told(fmt.Errorf("the read: %w", err))
	}
	s.Close()
	return 0
}

// TestResetBeforeAccept: who was connected is known, though getpeername(2) does not say so.
func TestResetBeforeAccept(t *testing.T) {
	for part, at := range map[string]string{"early4": "127.0.0.1:0", "early6": "[::1]:0"} {
		t.Run(part, func(t *testing.T) {
			l, err := net.Listen("tcp", at)
			if err != nil {
				t.Skip(err)
			}
			l.Close()
			r := traced(t, part)
			var got []string
			var client scenario.Event
			for _, ev := range r.Events {
				if ev.Op == scenario.OpDial {
					client = ev
				}
				if ev.Role != scenario.Server || ev.Op == scenario.OpListen || ev.Op == scenario.OpClose && len(got) > 2 {
					continue
				}
				got = append(got, short(ev))
				if !ev.Remote.IsValid() || ev.Remote != client.Local || ev.Local != client.Remote {
					t.Errorf("%+v after %+v", ev, client)
				}
			}
			if want := []string{"server accept", "server read 0 of 16 ECONNRESET", "server close"}; r.Code != 0 || !slices.Equal(got, want) {
				t.Errorf("exit code %d: %q, want %q", r.Code, got, want)
			}
		})
	}
}

// peeksEnd looks for octets where the stream has ended.
func peeksEnd() int {
	c, s, err := both()
	if err != nil {
		return told(err)
	}
	c.Close()
	if err := awaitEvent(s, unix.POLLRDHUP); err != nil {
		return told(err)
	}
	err = onSocket(s, func(fd int) error {
		_, _, err := unix.Recvfrom(fd, make([]byte, 4), unix.MSG_PEEK)
		return err
	})
	s.Close()
	return told(err)
}

func TestPeekAtEnd(t *testing.T) {
	r := traced(t, "peek")
	if got := inShort(r.Events); r.Code != 0 || !slices.Contains(got, "server peek 0 of 4 "+string(scenario.EOF)) {
		t.Errorf("exit code %d: %q", r.Code, got)
	}
}
