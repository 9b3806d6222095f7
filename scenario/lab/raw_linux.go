package lab

import (
	"fmt"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// sendRaw sends a packet whose header of IP it already has: IPPROTO_RAW says
// so in both versions (raw(7), inet6_create).
func sendRaw(datagram []byte, to netip.Addr, marked bool) error {
	family := unix.AF_INET6
	var address unix.Sockaddr = &unix.SockaddrInet6{Addr: to.As16()}
	if to.Is4() {
		family, address = unix.AF_INET, &unix.SockaddrInet4{Addr: to.As4()}
	}
	fd, err := unix.Socket(family, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_RAW)
	if err != nil {
		return fmt.Errorf("open a raw socket: %w", os.NewSyscallError("socket", err))
	}
	defer unix.Close(fd)
	if marked {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_MARK, mark); err != nil {
			return os.NewSyscallError("setsockopt SO_MARK", err)
		}
	}
	return os.NewSyscallError("sendto", unix.Sendto(fd, datagram, unix.MSG_DONTWAIT, address))
}
