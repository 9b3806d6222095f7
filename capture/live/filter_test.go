package live

import (
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"golang.org/x/net/bpf"

	"github.com/rstwatch/rstwatch/capture"
)

// datagram4 is an IPv4 datagram with a header of hlen octets and two ports.
func datagram4(hlen int, proto byte, frag, src, dst uint16) []byte {
	b := make([]byte, hlen+20)
	b[0] = 0x40 | byte(hlen/4)
	binary.BigEndian.PutUint16(b[6:], frag)
	b[9] = proto
	binary.BigEndian.PutUint16(b[hlen:], src)
	binary.BigEndian.PutUint16(b[hlen+2:], dst)
	return b
}

// datagram6 is an IPv6 datagram with two ports.
func datagram6(next byte, src, dst uint16) []byte {
	b := make([]byte, 40+20)
	b[0], b[6] = 0x60, next
	binary.BigEndian.PutUint16(b[40:], src)
	binary.BigEndian.PutUint16(b[42:], dst)
	return b
}

// about4 is an ICMP message of the type that quotes a datagram, behind an IPv4
// header of hlen octets.
func about4(hlen int, kind byte, quoted []byte) []byte {
	b := make([]byte, hlen+8, hlen+8+len(quoted))
	b[0] = 0x40 | byte(hlen/4)
	b[9] = protocolICMP
	b[hlen] = kind
	return append(b, quoted...)
}

// about6 is an ICMPv6 message of the type that quotes a datagram.
func about6(kind byte, quoted []byte) []byte {
	b := make([]byte, 40+8, 40+8+len(quoted))
	b[0], b[6] = 0x60, protocolICMPv6
	b[40] = kind
	return append(b, quoted...)
}

// framed puts the link header of link in front of a datagram.
func framed(link capture.LinkType, datagram []byte) []byte {
	six := datagram[0]>>4 == 6
	switch {
	case link == capture.LinkEthernet && six:
		return append([]byte{12: 0x86, 13: 0xdd}, datagram...)
	case link == capture.LinkEthernet:
		return append([]byte{12: 0x08, 13: 0x00}, datagram...)
	case link == capture.LinkNull && six:
		return append([]byte{30, 0, 0, 0}, datagram...)
	case link == capture.LinkNull:
		return append([]byte{2, 0, 0, 0}, datagram...)
	case six:
		return append([]byte{0, 0, 0, 24}, datagram...)
	default:
		return append([]byte{0, 0, 0, 2}, datagram...)
	}
}

func vm(t *testing.T, link capture.LinkType, ports []uint16, snap int) *bpf.VM {
	t.Helper()
	program, err := portFilter(link, ports, snap)
	if err != nil {
		t.Fatalf("portFilter: %v", err)
	}
	if _, err := bpf.Assemble(program); err != nil {
		t.Fatalf("assemble: %v", err)
	}
	m, err := bpf.NewVM(program)
	if err != nil {
		t.Fatalf("NewVM: %v", err)
	}
	return m
}

func TestPortFilter(t *testing.T) {
	const snap = 40 // shorter than the frames, so that the result is the filter's
	tests := []struct {
		name     string
		datagram []byte
		accept   bool
	}{
		{"IPv4 source", datagram4(20, 6, 0, 8080, 1), true},
		{"IPv4 destination", datagram4(20, 6, 0, 1, 8080), true},
		{"IPv4 second port", datagram4(20, 6, 0, 1, 9090), true},
		{"IPv4 both", datagram4(20, 6, 0, 9090, 8080), true},
		{"IPv4 stranger", datagram4(20, 6, 0, 8081, 9091), false},
		{"IPv4 ports in the other byte order", datagram4(20, 6, 0, 0x901f, 0x901f), false},
		{"IPv4 options", datagram4(32, 6, 0, 8080, 1), true},
		{"IPv4 longest header", datagram4(60, 6, 0, 1, 9090), true},
		{"IPv4 options, stranger", datagram4(32, 6, 0, 2, 1), false},
		{"IPv4 do not fragment", datagram4(20, 6, 0x4000, 8080, 1), true},
		{"IPv4 first fragment", datagram4(20, 6, 0x2000, 8080, 1), true},
		{"IPv4 later fragment", datagram4(20, 6, 0x2001, 8080, 1), false},
		{"IPv4 last fragment", datagram4(20, 6, 0x1000, 8080, 1), false},
		{"IPv4 UDP", datagram4(20, 17, 0, 8080, 8080), false},
		{"IPv4 cut before its ports", datagram4(20, 6, 0, 8080, 1)[:20], false},
		{"IPv6 source", datagram6(6, 8080, 1), true},
		{"IPv6 destination", datagram6(6, 1, 9090), true},
		{"IPv6 stranger", datagram6(6, 1, 2), false},
		{"IPv6 UDP", datagram6(17, 8080, 8080), false},
		{"IPv6 extension header", datagram6(0, 8080, 8080), false},
		{"IPv6 cut before its ports", datagram6(6, 8080, 1)[:40], false},

		{"ICMP unreachable, source", about4(20, 3, datagram4(20, 6, 0, 8080, 1)), true},
		{"ICMP unreachable, destination", about4(20, 3, datagram4(20, 6, 0, 1, 9090)), true},
		{"ICMP time exceeded", about4(20, 11, datagram4(20, 6, 0, 1, 9090)), true},
		{"ICMP parameter problem", about4(20, 12, datagram4(20, 6, 0, 1, 9090)), true},
		{"ICMP, both with options", about4(28, 3, datagram4(60, 6, 0, 1, 9090)), true},
		{"ICMP, the least quotation", about4(20, 3, datagram4(20, 6, 0, 1, 9090)[:28]), true},
		{"ICMP, first fragment quoted", about4(20, 3, datagram4(20, 6, 0x2000, 1, 9090)), true},
		{"ICMP, later fragment quoted", about4(20, 3, datagram4(20, 6, 0x2001, 1, 9090)), false},
		{"ICMP about a stranger", about4(20, 3, datagram4(20, 6, 0, 1, 2)), false},
		{"ICMP about a stranger, options", about4(24, 3, datagram4(24, 6, 0, 1, 2)), false},
		{"ICMP about UDP", about4(20, 3, datagram4(20, 17, 0, 8080, 8080)), false},
		{"ICMP echo", about4(20, 8, datagram4(20, 6, 0, 8080, 8080)), false},
		{"ICMP redirect", about4(20, 5, datagram4(20, 6, 0, 8080, 8080)), false},
		{"ICMP cut before the ports", about4(20, 3, datagram4(20, 6, 0, 8080, 1)[:20]), false},
		{"ICMPv6 over IPv4", func() []byte { b := about4(20, 1, datagram4(20, 6, 0, 8080, 1)); b[9] = 58; return b }(), false},
		{"ICMPv6 unreachable, source", about6(1, datagram6(6, 8080, 1)), true},
		{"ICMPv6 unreachable, destination", about6(1, datagram6(6, 1, 9090)), true},
		{"ICMPv6 too big", about6(2, datagram6(6, 1, 9090)), true},
		{"ICMPv6 last error", about6(127, datagram6(6, 1, 9090)), true},
		{"ICMPv6 echo", about6(128, datagram6(6, 8080, 8080)), false},
		{"ICMPv6 neighbour", about6(136, datagram6(6, 8080, 8080)), false},
		{"ICMPv6 about a stranger", about6(1, datagram6(6, 1, 2)), false},
		{"ICMPv6 about UDP", about6(1, datagram6(17, 8080, 8080)), false},
		{"ICMPv6 cut before the ports", about6(1, datagram6(6, 8080, 1)[:40]), false},
		{"ICMP over IPv6", func() []byte { b := about6(3, datagram6(6, 8080, 1)); b[6] = 1; return b }(), false},
	}
	for _, link := range []capture.LinkType{capture.LinkEthernet, capture.LinkNull, capture.LinkLoop} {
		m := vm(t, link, []uint16{9090, 8080}, snap)
		for _, tt := range tests {
			want := 0
			if tt.accept {
				want = snap
			}
			if got, err := m.Run(framed(link, tt.datagram)); err != nil || got != want {
				t.Errorf("link type %d: %s: kept %d octets, %v, want %d", link, tt.name, got, err, want)
			}
		}
	}
}

func TestPortFilterPassesOverOtherProtocols(t *testing.T) {
	arp := make([]byte, 60)
	arp[12], arp[13] = 0x08, 0x06
	other := []byte{2, 0, 0, 0, 0x50, 0, 0, 0, 0, 0, 0, 0, 0, 6}
	for link, data := range map[capture.LinkType][]byte{capture.LinkEthernet: arp, capture.LinkNull: other} {
		if got, err := vm(t, link, []uint16{1}, 99).Run(data); err != nil || got != 0 {
			t.Errorf("link type %d: kept %d octets, %v, want none", link, got, err)
		}
	}
}

// TestPortFilterManyPorts: the ends of a long list are reached, beyond the 255
// instructions of a conditional jump on Linux.
func TestPortFilterManyPorts(t *testing.T) {
	count := (maxInstructions - 60) / 4
	var ports []uint16
	for i := range count {
		ports = append(ports, uint16(10000+2*i))
	}
	slices.Reverse(ports)
	m := vm(t, capture.LinkEthernet, append(ports, ports...), 50)
	for i := range count {
		for odd, want := range []int{50, 0} {
			port := uint16(10000 + 2*i + odd)
			for _, d := range [][]byte{datagram4(20, 6, 0, port, 1), datagram6(6, 1, port)} {
				if got, err := m.Run(framed(capture.LinkEthernet, d)); err != nil || got != want {
					t.Fatalf("port %d: kept %d octets, %v, want %d", port, got, err, want)
				}
			}
		}
	}
	for i := range 10 {
		ports = append(ports, uint16(1+i))
	}
	if _, err := portFilter(capture.LinkEthernet, ports, 50); err == nil {
		t.Errorf("a filter of %d ports was built, longer than the kernel takes", len(ports))
	}
}

func TestPortFilterRefuses(t *testing.T) {
	for name, build := range map[string]func() ([]bpf.Instruction, error){
		"no ports":         func() ([]bpf.Instruction, error) { return portFilter(capture.LinkEthernet, nil, 1) },
		"port 0":           func() ([]bpf.Instruction, error) { return portFilter(capture.LinkEthernet, []uint16{80, 0}, 1) },
		"snap length 0":    func() ([]bpf.Instruction, error) { return portFilter(capture.LinkEthernet, []uint16{80}, 0) },
		"snap length huge": func() ([]bpf.Instruction, error) { return portFilter(capture.LinkEthernet, []uint16{80}, 1<<20) },
	} {
		if program, err := build(); err == nil {
			t.Errorf("%s: got the program %v", name, program)
		}
	}
	if _, err := portFilter(276, []uint16{80}, 1); !errors.Is(err, capture.ErrLinkType) {
		t.Errorf("link type 276: %v, want ErrLinkType", err)
	}
}

// TestAllPorts: with AllPorts the filter lets every TCP segment pass, and every
// ICMP error about one.
func TestAllPorts(t *testing.T) {
	for _, link := range []capture.LinkType{capture.LinkEthernet, capture.LinkNull} {
		program, err := Options{AllPorts: true, SnapLen: 40}.filter(link)
		if err != nil {
			t.Fatal(err)
		}
		m, err := bpf.NewVM(program)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name     string
			datagram []byte
			accept   bool
		}{
			{"TCP over IPv4", datagram4(20, protocolTCP, 0, 7, 65535), true},
			{"TCP over IPv6", datagram6(protocolTCP, 1, 2), true},
			{"a later fragment", datagram4(20, protocolTCP, 5, 1, 2), false},
			{"UDP", datagram4(20, 17, 0, 1, 2), false},
			{"UDP over IPv6", datagram6(17, 1, 2), false},
			{"ICMP about TCP", about4(20, unreachable, datagram4(20, protocolTCP, 0, 1, 2)), true},
			{"ICMP about UDP", about4(20, unreachable, datagram4(20, 17, 0, 1, 2)), false},
			{"an echo", about4(20, 8, datagram4(20, protocolTCP, 0, 1, 2)), false},
			{"ICMPv6 about TCP", about6(1, datagram6(protocolTCP, 1, 2)), true},
		} {
			n, err := m.Run(framed(link, c.datagram))
			if err != nil || n > 0 != c.accept {
				t.Errorf("link %d, %s: %d octets, %v", link, c.name, n, err)
			}
		}
	}
}
