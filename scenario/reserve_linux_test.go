package scenario

import (
	"errors"
	"net"
	"net/netip"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// reserved is one port of the family.
func reserved(t *testing.T, f Family) (*Ports, netip.AddrPort) {
	t.Helper()
	p, err := Reserve([]Family{f}, 1, 0)
	must(t, err)
	t.Cleanup(func() { p.Close() })
	return p, netip.AddrPortFrom(f.Loopback(), p.Numbers()[0])
}

// TestReservedPortCanBeListenedOn again and again, also after a connection to
// it has left a time-wait bucket behind.
func TestReservedPortCanBeListenedOn(t *testing.T) {
	forEachFamily(t, func(t *testing.T, f Family) {
		p, at := reserved(t, f)
		for range 3 {
			l, err := net.Listen("tcp", at.String())
			must(t, err)
			c, err := net.Dial("tcp", at.String())
			must(t, err)
			s, err := l.Accept()
			must(t, err)
			s.Close()
			if _, err := c.Read(make([]byte, 1)); FaultOf(err) != EOF {
				t.Errorf("on the reserved port the read gave %v", err)
			}
			c.Close()
			l.Close()
			if _, err := net.Dial("tcp", at.String()); !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("with no listener the dial gave %v", err)
			}
		}
		b, err := bindNew(at) // as Stage.Bind does
		must(t, err)
		must(t, b.close())
		second, err := Reserve([]Family{f}, 1, at.Port())
		must(t, err)
		must(t, second.Close())
		must(t, p.Close())
	})
}

// TestReservedPortIsNobodyElses: an ordinary bind fails, and connect does not
// choose it, even where it has no other to choose. That a connect does choose
// it when it is released shows that the reservation was the reason; a port that
// some other socket of the machine shares, in another family or in TIME_WAIT,
// can not show that, and so another is tried.
func TestReservedPortIsNobodyElses(t *testing.T) {
	forEachFamily(t, func(t *testing.T, f Family) {
		l, err := net.Listen("tcp", netip.AddrPortFrom(f.Loopback(), 0).String())
		must(t, err)
		defer l.Close()
		to := addrPort(l.Addr())
		for range 50 {
			p, at := reserved(t, f)
			if err := plainBind(t, at); !errors.Is(err, unix.EADDRINUSE) {
				t.Errorf("an ordinary bind of a reserved port: %v", err)
			}
			if err := connectFrom(t, at.Port(), to); !errors.Is(err, unix.EADDRNOTAVAIL) {
				t.Errorf("a connect with only the reserved port to choose: %v", err)
			}
			must(t, p.Close())
			if connectFrom(t, at.Port(), to) == nil {
				return
			}
		}
		t.Error("no connect ever chose a port that was free again")
	})
}

// plainBind binds a socket without SO_REUSEADDR.
func plainBind(t *testing.T, at netip.AddrPort) error {
	t.Helper()
	fd := tcpSocket(t, at)
	defer unix.Close(fd)
	return bindSocket(fd, at)
}

// connectFrom connects a socket whose range of ephemeral ports is one port.
func connectFrom(t *testing.T, port uint16, to netip.AddrPort) error {
	t.Helper()
	fd := tcpSocket(t, to)
	defer unix.Close(fd)
	one := int(port)<<16 | int(port)
	if err := unix.SetsockoptInt(fd, unix.SOL_IP, unix.IP_LOCAL_PORT_RANGE, one); errors.Is(err, unix.ENOPROTOOPT) {
		t.Skip("this kernel has no IP_LOCAL_PORT_RANGE (Linux 6.3)")
	} else {
		must(t, err)
	}
	var sa unix.Sockaddr = &unix.SockaddrInet6{Port: int(to.Port()), Addr: to.Addr().As16()}
	if to.Addr().Is4() {
		sa = &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}
	}
	return unix.Connect(fd, sa)
}

func tcpSocket(t *testing.T, at netip.AddrPort) int {
	t.Helper()
	family := unix.AF_INET6
	if at.Addr().Is4() {
		family = unix.AF_INET
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	must(t, err)
	return fd
}
