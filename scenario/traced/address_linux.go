//go:build amd64 || arm64

package traced

import (
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// localOf is what getsockname(2) says of a descriptor of this process; invalid if
// it fails.
func localOf(fd int) netip.AddrPort {
	a, err := unix.Getsockname(fd)
	if err != nil {
		return netip.AddrPort{}
	}
	return addrPort(a)
}

// peerOf is the address that a descriptor of this process is, or was, connected to;
// invalid if there is none. SO_PEERNAME looks at no state, unlike getpeername(2),
// which says ENOTCONN in CLOSE (inet_getname).
func peerOf(fd int) netip.AddrPort {
	var b [unix.SizeofSockaddrInet6]byte
	// The kernel refuses a length that is more than the address has.
	for _, length := range []uint32{unix.SizeofSockaddrInet6, unix.SizeofSockaddrInet4} {
		_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), unix.SOL_SOCKET, unix.SO_PEERNAME,
			uintptr(unsafe.Pointer(&b[0])), uintptr(unsafe.Pointer(&length)), 0)
		if errno == 0 {
			a, _ := fromBytes(b[:length])
			return a
		}
	}
	return netip.AddrPort{}
}

// addrPort is a as a segment would carry it.
func addrPort(a unix.Sockaddr) netip.AddrPort {
	switch a := a.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(a.Addr).Unmap(), uint16(a.Port))
	}
	return netip.AddrPort{}
}
