package session

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/capture"
)

// forged is a segment that no socket sent.
type forged struct {
	src, dst netip.AddrPort
	flags    capture.Flags
	seq, ack capture.Seq
}

// injector puts segments of the test's own on the loopback interface.
type injector struct{ v4, v6 int }

// newInjector opens raw sockets, whose user writes the IP header too (raw(7)).
func newInjector(tb testing.TB) *injector {
	tb.Helper()
	var fds [2]int
	for i, domain := range []int{unix.AF_INET, unix.AF_INET6} {
		fd, err := unix.Socket(domain, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_RAW)
		if err != nil {
			tb.Skipf("needs CAP_NET_RAW: %v", err)
		}
		tb.Cleanup(func() { unix.Close(fd) })
		fds[i] = fd
	}
	return &injector{fds[0], fds[1]}
}

// send sends one segment. On loopback it has been received, or waits in the
// queue of this CPU, when send returns.
func (in *injector) send(f forged) error {
	if f.src.Addr().Is4() {
		return unix.Sendto(in.v4, f.packet(), 0, &unix.SockaddrInet4{Addr: f.dst.Addr().As4()})
	}
	return unix.Sendto(in.v6, f.packet(), 0, &unix.SockaddrInet6{Addr: f.dst.Addr().As16()})
}

// packet is the segment in an IP packet with right checksums (RFC 791 §3.1,
// RFC 8200 §3, RFC 9293 §3.1).
func (f forged) packet() []byte {
	tcp := f.header()
	src, dst := f.src.Addr().AsSlice(), f.dst.Addr().AsSlice()
	pseudo := append(append([]byte{}, src...), dst...)
	pseudo = append(pseudo, 0, unix.IPPROTO_TCP, 0, byte(len(tcp)))
	binary.BigEndian.PutUint16(tcp[16:], checksum(append(pseudo, tcp...)))
	if len(src) == 16 {
		ip := []byte{0x60, 0, 0, 0, 0, byte(len(tcp)), unix.IPPROTO_TCP, 64}
		return append(append(append(ip, src...), dst...), tcp...)
	}
	ip := []byte{0x45, 0, 0, byte(20 + len(tcp)), 0, 1, 0, 0, 64, unix.IPPROTO_TCP, 0, 0}
	ip = append(append(ip, src...), dst...)
	binary.BigEndian.PutUint16(ip[10:], checksum(ip))
	return append(ip, tcp...)
}

func (f forged) header() []byte {
	h := make([]byte, 20)
	binary.BigEndian.PutUint16(h[0:], f.src.Port())
	binary.BigEndian.PutUint16(h[2:], f.dst.Port())
	binary.BigEndian.PutUint32(h[4:], uint32(f.seq))
	binary.BigEndian.PutUint32(h[8:], uint32(f.ack))
	h[12] = 5 << 4
	h[13] = byte(f.flags)
	return h
}

// checksum is the one of RFC 1071.
func checksum(b []byte) uint16 {
	var sum uint32
	for i := 0; i+1 < len(b); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	for sum>>16 != 0 {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}
