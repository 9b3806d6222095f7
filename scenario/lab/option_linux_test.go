package lab

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestOptions(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		client, _ := connect(t, at)
		get := func(level, name int) (n int) {
			client.ask(func(fd int) (int, error) {
				var err error
				n, err = unix.GetsockoptInt(fd, level, name)
				return n, err
			})
			return n
		}
		raw, err := client.SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		err = errors.Join(UserTimeout(raw, 300*time.Millisecond), KeepAlive(raw, 2*time.Second, 3*time.Second, 4), Buffers(raw, 10000, 20000))
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[int]int{unix.TCP_USER_TIMEOUT: 300, unix.TCP_KEEPIDLE: 2, unix.TCP_KEEPINTVL: 3, unix.TCP_KEEPCNT: 4} {
			if got := get(unix.IPPROTO_TCP, name); got != want {
				t.Errorf("option %d is %d, want %d", name, got, want)
			}
		}
		for name, want := range map[int]int{unix.SO_KEEPALIVE: 1, unix.SO_SNDBUF: 20000, unix.SO_RCVBUF: 40000} {
			if got := get(unix.SOL_SOCKET, name); got != want {
				t.Errorf("option %d of the socket is %d, want %d", name, got, want)
			}
		}
		if err := KeepAlive(raw, 0, 0, 0); err == nil {
			t.Error("keep-alive after no time at all was set")
		}
		if err := UserTimeout(nil, time.Second); !errors.Is(err, ErrInvalid) {
			t.Errorf("without a socket: %v", err)
		}
	})
}
