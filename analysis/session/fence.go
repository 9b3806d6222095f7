package session

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// fence marks a moment in a capture: a connection attempt to a port that is
// bound and not listened on, so that its SYN and the RST that answers it are
// captured behind everything sent before.
//
// Loopback frames wait in a queue of the CPU that sent them. So the fence is
// dropped on every CPU, and twice: what a queued segment provokes (an ACK of a
// FIN, an RST) is queued behind the first fence and before the second.
type fence struct {
	family scenario.Family
	port   uint16
}

// drop sends the fence and waits until it has been captured, up to Patience for
// each attempt: how long all of them take depends on how many CPUs there are,
// and how busy.
func (f fence) drop(ctx context.Context, t *tap) error {
	ctx, stop := t.during(ctx)
	defer stop()
	return onEveryCPU(func() error {
		for range 2 {
			if err := f.probe(ctx, t, Patience); err != nil {
				return err
			}
		}
		return nil
	})
}

// probe makes one connection attempt and waits until its end has been captured,
// at most for so long.
func (f fence) probe(ctx context.Context, t *tap, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	to := netip.AddrPortFrom(f.family.Loopback(), f.port)
	from, err := refused(ctx, to)
	if err != nil {
		return err
	}
	return t.await(ctx, func(s *capture.Segment) bool {
		return s.Src == to && s.Dst == from && s.Flags.Has(capture.RST)
	})
}

// refused tries to connect to an address where nobody listens and returns the
// local address that it tried from. It blocks until the RST has come, or until
// ctx ends: a firewall may swallow the SYN, or the interface go down, and
// connect(2) would go on trying for minutes.
func refused(ctx context.Context, to netip.AddrPort) (from netip.AddrPort, err error) {
	domain := unix.AF_INET
	if to.Addr().Is6() {
		domain = unix.AF_INET6
	}
	fd, err := unix.Socket(domain, unix.SOCK_STREAM, 0)
	if err != nil {
		return from, fmt.Errorf("fence socket: %w", err)
	}
	defer unix.Close(fd)
	unix.CloseOnExec(fd)
	if err := unix.SetNonblock(fd, true); err != nil {
		return from, fmt.Errorf("fence socket: %w", err)
	}
	if err := unix.Bind(fd, sockaddr(netip.AddrPortFrom(to.Addr(), 0))); err != nil {
		return from, fmt.Errorf("fence bind: %w", err)
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		return from, fmt.Errorf("fence address: %w", err)
	}
	switch a := name.(type) {
	case *unix.SockaddrInet4:
		from = netip.AddrPortFrom(to.Addr(), uint16(a.Port))
	case *unix.SockaddrInet6:
		from = netip.AddrPortFrom(to.Addr(), uint16(a.Port))
	}
	switch err := connect(ctx, fd, to); {
	case err == nil:
		return from, fmt.Errorf("fence connect to %s: somebody listens there", to)
	case !errors.Is(err, unix.ECONNREFUSED):
		return from, fmt.Errorf("fence connect to %s: %w", to, err)
	}
	return from, nil
}

// lookEvery is how often a wait for the kernel looks whether it is still wanted.
const lookEvery = 20 * time.Millisecond

// connect connects a socket that does not block, and waits for the outcome. If
// ctx ends first the error is its cause.
func connect(ctx context.Context, fd int, to netip.AddrPort) error {
	if err := unix.Connect(fd, sockaddr(to)); err != unix.EINPROGRESS {
		return err
	}
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
	for ctx.Err() == nil {
		n, err := unix.Poll(fds, int(lookEvery/time.Millisecond))
		switch {
		case err == unix.EINTR: // the runtime's own signals
		case err != nil:
			return err
		case n > 0:
			return connected(fd)
		}
	}
	return context.Cause(ctx)
}

// connected returns how an attempt to connect came out (connect(2)).
func connected(fd int) error {
	errno, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err == nil && errno != 0 {
		err = unix.Errno(errno)
	}
	return err
}

func sockaddr(a netip.AddrPort) unix.Sockaddr {
	if a.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
	}
	return &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}
}
