package live

import (
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/capture"
)

// sendICMP sends an ICMP message that quotes a datagram to an address of this
// machine. The kernel puts the IP header in front.
func sendICMP(t *testing.T, to netip.Addr, kind, code byte, quoted []byte) {
	t.Helper()
	domain, proto := unix.AF_INET, unix.IPPROTO_ICMP
	var sa unix.Sockaddr = &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}
	if to.Is6() {
		domain, proto, sa = unix.AF_INET6, unix.IPPROTO_ICMPV6, &unix.SockaddrInet6{Addr: to.As16()}
	}
	fd, err := unix.Socket(domain, unix.SOCK_RAW|unix.SOCK_CLOEXEC, proto)
	if err != nil {
		t.Skipf("needs CAP_NET_RAW: %v", err)
	}
	defer unix.Close(fd)
	if err := unix.Sendto(fd, append([]byte{kind, code, 0, 0, 0, 0, 0, 0}, quoted...), 0, sa); err != nil {
		t.Fatal(err)
	}
}

// TestICMP: an error about one of our segments is captured, with what it
// quotes; one about a stranger's is not.
func TestICMP(t *testing.T) {
	for _, tt := range []struct {
		host   string
		kind   byte
		quoted func(src, dst uint16) []byte
	}{
		{"127.0.0.1", 3, func(src, dst uint16) []byte { return datagram4(20, 6, 0, src, dst) }},
		{"::1", 1, func(src, dst uint16) []byte { return datagram6(6, src, dst) }},
	} {
		t.Run(tt.host, func(t *testing.T) {
			_, server := listen(t, tt.host)
			h := open(t, Options{Ports: []uint16{server.Port()}})
			c := follow(h)
			sendICMP(t, server.Addr(), tt.kind, 1, tt.quoted(1, 2))
			sendICMP(t, server.Addr(), tt.kind, 1, tt.quoted(7, server.Port()))
			sendICMP(t, server.Addr(), tt.kind, 3, tt.quoted(server.Port(), 7))
			got := c.until(t, func(s capture.Segment) bool { return s.Src.Port() == server.Port() })
			if len(got) != 2 || got[0].Dst.Port() != server.Port() || got[0].Src.Port() != 7 {
				t.Fatalf("captured %+v", got)
			}
			for i, code := range []uint8{1, 3} {
				want := capture.ICMP{From: server.Addr(), To: server.Addr(), Type: tt.kind, Code: code}
				if got[i].ICMP != want {
					t.Errorf("message %d is %+v, want %+v", i+1, got[i].ICMP, want)
				}
			}
		})
	}
}
