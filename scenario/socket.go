package scenario

import (
	"fmt"
	"net/netip"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// boundTo returns the address that a TCP socket is bound to (getsockname(2));
// its port is 0 if the socket is not bound.
func boundTo(fd int) (netip.AddrPort, error) {
	sa, err := unix.Getsockname(fd)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("getsockname: %w", err)
	}
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port)), nil
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(sa.Addr).Unmap(), uint16(sa.Port)), nil
	}
	return netip.AddrPort{}, fmt.Errorf("getsockname: %T is no internet address", sa)
}

// bindSocket binds a socket of the address's family; port 0 asks the kernel
// for a free one.
func bindSocket(fd int, to netip.AddrPort) error {
	var sa unix.Sockaddr = &unix.SockaddrInet6{Port: int(to.Port()), Addr: to.Addr().As16()}
	if to.Addr().Is4() {
		sa = &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}
	}
	if err := unix.Bind(fd, sa); err != nil {
		return fmt.Errorf("bind: %w", err)
	}
	return nil
}

// bound is a TCP socket that holds an address and does not listen: whoever
// connects to it is refused.
type bound struct {
	fd   int
	addr netip.AddrPort
	once sync.Once
	err  error // of the one close(2)
}

// bindNew makes a socket bound to an address, which others may share, see
// shareAddress; port 0 asks for a free one.
func bindNew(to netip.AddrPort) (*bound, error) {
	family := unix.AF_INET6
	if to.Addr().Is4() {
		family = unix.AF_INET
	}
	syscall.ForkLock.RLock() // not every system can make it close-on-exec at birth
	fd, err := unix.Socket(family, unix.SOCK_STREAM, 0)
	if err == nil {
		unix.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	b := &bound{fd: fd}
	if err = shareAddress(fd); err == nil {
		if err = bindSocket(fd, to); err == nil {
			b.addr, err = boundTo(fd)
		}
	}
	if err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

// close releases the address. It may be called more than once, and from any
// goroutine: the number of a closed descriptor may belong to another file.
func (b *bound) close() error {
	b.once.Do(func() {
		if err := unix.Close(b.fd); err != nil {
			b.err = fmt.Errorf("close: %w", err)
		}
	})
	return b.err
}
