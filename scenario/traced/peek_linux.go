//go:build amd64 || arm64

package traced

import (
	"encoding/binary"
	"net/netip"

	"golang.org/x/sys/unix"
)

// The sizes of struct iovec, and where struct msghdr has its iovecs
// (recvmsg(2)), on machines of 64 bits.
const (
	iovecLen  = 16
	msgIovAt  = 16
	msgLenAt  = 24
	msgLength = 32

	maxIovecs = 1024 // UIO_MAXIOV
)

// asked returns how many octets a call asks for.
func (c *call) octets(tid int, args [6]uint64) int {
	l := c.asked
	switch {
	case l.vector:
		return vector(tid, args[l.arg], args[l.arg+1])
	case l.header:
		var h [msgLength]byte
		if peek(tid, args[l.arg], h[:]) < msgLength {
			return 0
		}
		return vector(tid, binary.NativeEndian.Uint64(h[msgIovAt:]), binary.NativeEndian.Uint64(h[msgLenAt:]))
	}
	return int(args[l.arg])
}

// vector adds up the lengths of n struct iovec.
func vector(tid int, at, n uint64) (sum int) {
	b := make([]byte, iovecLen*min(n, maxIovecs))
	b = b[:peek(tid, at, b)]
	for ; len(b) >= iovecLen; b = b[iovecLen:] {
		sum += int(binary.NativeEndian.Uint64(b[8:]))
	}
	return sum
}

// number reads an int.
func number(tid int, at uint64) (int, bool) {
	var b [4]byte
	if peek(tid, at, b[:]) < len(b) {
		return 0, false
	}
	return int(int32(binary.NativeEndian.Uint32(b[:]))), true
}

// sockaddr reads a socket address; it is invalid for a family other than IPv4
// and IPv6. unspec is true for AF_UNSPEC.
func sockaddr(tid int, at, length uint64) (a netip.AddrPort, unspec bool) {
	b := make([]byte, min(length, unix.SizeofSockaddrInet6))
	return fromBytes(b[:peek(tid, at, b)])
}

// fromBytes is sockaddr for what has been read.
func fromBytes(b []byte) (a netip.AddrPort, unspec bool) {
	if len(b) < 2 {
		return a, false
	}
	switch family := binary.NativeEndian.Uint16(b); {
	case family == unix.AF_UNSPEC:
		return a, true
	case family == unix.AF_INET && len(b) >= 8:
		a = netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[4:8])), binary.BigEndian.Uint16(b[2:]))
	case family == unix.AF_INET6 && len(b) >= 24:
		a = netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[8:24])).Unmap(), binary.BigEndian.Uint16(b[2:]))
	}
	return a, false
}
