package session

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// listen makes a listener that nobody accepts from, with room for one.
func listen(t *testing.T) netip.AddrPort {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := unix.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return netip.AddrPortFrom(scenario.IPv4.Loopback(), uint16(name.(*unix.SockaddrInet4).Port))
}

// TestFenceUnanswered: where the SYN is swallowed, as by a listener whose queue
// is full or by a firewall, the fence gives up at its deadline.
func TestFenceUnanswered(t *testing.T) {
	to := listen(t)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	for range 8 { // the first connections find room
		_, err := refused(ctx, to)
		if err == nil {
			t.Fatal("a listener refused")
		}
		if errors.Is(err, context.DeadlineExceeded) {
			return
		}
		keep(t, to)
	}
	t.Error("no attempt ran into the deadline")
}

// keep takes a place in the listener's queue, or tries to.
func keep(t *testing.T, to netip.AddrPort) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	if err := unix.Connect(fd, sockaddr(to)); err != nil && err != unix.EINPROGRESS {
		t.Fatal(err)
	}
}

// TestFenceBehindEverything: what was sent before the fence, on whatever CPU,
// has been captured when the fence has.
func TestFenceBehindEverything(t *testing.T) {
	s := open(t, Options{})
	to := netip.AddrPortFrom(scenario.IPv4.Loopback(), s.ports.Numbers()[1])
	for range 20 {
		s.tap.take()
		sent := make(map[netip.AddrPort]bool)
		if err := onEveryCPU(func() error {
			from, err := refused(t.Context(), to)
			sent[from] = true
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := s.close(); err != nil {
			t.Fatal(err)
		}
		syns, rsts := 0, 0
		for _, seg := range s.tap.take() {
			switch {
			case sent[seg.Src] && seg.Dst == to && seg.Flags.Has(capture.SYN):
				syns++
			case sent[seg.Dst] && seg.Src == to && seg.Flags.Has(capture.RST):
				rsts++
			}
		}
		if syns != len(sent) || rsts != len(sent) {
			t.Fatalf("of %d connection attempts %d SYNs and %d RSTs were captured", len(sent), syns, rsts)
		}
	}
}
