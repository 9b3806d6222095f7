package capture

import (
	"errors"
	"net/netip"
	"reflect"
	"slices"
	"testing"
	"time"
)

var (
	v4Src = netip.MustParseAddrPort("192.0.2.1:4000")
	v4Dst = netip.MustParseAddrPort("192.0.2.2:80")
	v6Src = netip.MustParseAddrPort("[2001:db8::1]:4000")
	v6Dst = netip.MustParseAddrPort("[2001:db8::2]:80")
)

func TestDecodeReadsEveryField(t *testing.T) {
	now := time.Unix(1700000000, 123456789)
	f4 := frame(ethernet(ipv4(6, 0x4000, nil, tcpSegment(PSH|ACK, nil, 5)), 0x0800))
	f6 := frame(ethernet(ipv6(6, tcpSegment(RST, nil, 0)), 0x86dd))
	tests := []struct {
		name  string
		frame Frame
		want  Segment
	}{
		{"IPv4", f4, Segment{
			Time: now, Src: v4Src, Dst: v4Dst, Flags: PSH | ACK, Seq: 0x01020304, Ack: 0x05060708,
			Window: 512, Len: 5, TTL: 64, IPID: 0xbeef, Frame: f4,
		}},
		{"IPv6", f6, Segment{
			Time: now, Src: v6Src, Dst: v6Dst, Flags: RST, Seq: 0x01020304, Ack: 0x05060708,
			Window: 512, TTL: 63, Frame: f6,
		}},
	}
	for _, tt := range tests {
		got, err := Decode(now, tt.frame)
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: Decode = %+v, %v\nwant %+v", tt.name, got, err, tt.want)
		}
	}
}

// TestDecodeFindsTheSegment holds the ways in which a frame may lead to a
// segment of seven octets of payload.
func TestDecodeFindsTheSegment(t *testing.T) {
	seg := tcpSegment(ACK, nil, 7)
	four, six := ipv4(6, 0, nil, seg), ipv6(6, seg)
	ext := func(next byte, h ...byte) []byte { return append([]byte{next}, h...) }
	hop := ext(6, 0, 0, 0, 0, 0, 0, 0)
	ah := ext(6, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
	chain := slices.Concat(
		ext(43, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), // hop-by-hop, 16 octets
		ext(60, 0, 0, 0, 0, 0, 0, 0),                         // routing
		ext(44, 0, 0, 0, 0, 0, 0, 0),                         // destination options
		ext(51, 0, 0, 0, 0, 0, 0, 9),                         // fragment, atomic
		ah, seg)
	tests := []struct {
		name     string
		link     LinkType
		data     []byte
		src      netip.AddrPort
		fragment bool
	}{
		{"Ethernet IPv4", LinkEthernet, ethernet(four, 0x0800), v4Src, false},
		{"Ethernet IPv6", LinkEthernet, ethernet(six, 0x86dd), v6Src, false},
		{"trailing padding", LinkEthernet, append(ethernet(four, 0x0800), 0, 0, 0, 0, 0), v4Src, false},
		{"802.1Q", LinkEthernet, ethernet(four, 0x8100, 0x0800), v4Src, false},
		{"802.1ad over 802.1Q", LinkEthernet, ethernet(six, 0x88a8, 0x8100, 0x86dd), v6Src, false},
		{"stacked the old way", LinkEthernet, ethernet(four, 0x9100, 0x8100, 0x0800), v4Src, false},
		{"raw IPv4", LinkRaw, four, v4Src, false},
		{"raw IPv6", LinkRaw, six, v6Src, false},
		{"IPv4 alone", LinkIPv4, four, v4Src, false},
		{"IPv6 alone", LinkIPv6, six, v6Src, false},
		{"Linux cooked", LinkCooked, append([]byte{0, 0, 3, 4, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x00}, four...), v4Src, false},
		{"Linux cooked v2", LinkCooked2, append([]byte{0x86, 0xdd, 0, 0, 0, 0, 0, 1, 3, 4, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0}, six...), v6Src, false},
		{"null, little endian", LinkNull, append([]byte{2, 0, 0, 0}, four...), v4Src, false},
		{"null, big endian", LinkNull, append([]byte{0, 0, 0, 2}, four...), v4Src, false},
		{"null, Linux IPv6", LinkNull, append([]byte{10, 0, 0, 0}, six...), v6Src, false},
		{"null, NetBSD IPv6", LinkNull, append([]byte{0, 0, 0, 24}, six...), v6Src, false},
		{"null, FreeBSD IPv6", LinkNull, append([]byte{28, 0, 0, 0}, six...), v6Src, false},
		{"null, Darwin IPv6", LinkNull, append([]byte{30, 0, 0, 0}, six...), v6Src, false},
		{"loop", LinkLoop, append([]byte{0, 0, 0, 2}, four...), v4Src, false},
		{"loop IPv6", LinkLoop, append([]byte{0, 0, 0, 24}, six...), v6Src, false},
		{"IPv4 options", LinkEthernet, ethernet(ipv4(6, 0, []byte{1, 1, 1, 1, 7, 3, 4, 0}, seg), 0x0800), v4Src, false},
		{"IPv4 first fragment", LinkEthernet, ethernet(ipv4(6, 0x2000, nil, seg), 0x0800), v4Src, true},
		{"IPv6 first fragment", LinkEthernet, ethernet(ipv6(44, append(ext(6, 0, 0, 1, 0, 0, 0, 9), seg...)), 0x86dd), v6Src, true},
		{"IPv6 hop-by-hop", LinkEthernet, ethernet(ipv6(0, append(hop, seg...)), 0x86dd), v6Src, false},
		{"IPv6 all extensions", LinkEthernet, ethernet(ipv6(0, chain), 0x86dd), v6Src, false},
	}
	for _, tt := range tests {
		s, err := Decode(time.Time{}, Frame{Link: tt.link, Data: tt.data, Wire: len(tt.data)})
		if err != nil || s.Src != tt.src || s.Seq != 0x01020304 || s.Len != 7 || s.Fragment != tt.fragment {
			t.Errorf("%s: Decode = %+v, %v", tt.name, s, err)
		}
	}
}

// TestDecodeFamilies: a loopback header names IPv6 by the number that the system
// which wrote the file has for it, in that system's octet order or the network's.
func TestDecodeFamilies(t *testing.T) {
	six := ipv6(6, tcpSegment(ACK, nil, 3))
	for _, family := range []byte{10, 24, 28, 30} {
		for _, link := range []LinkType{LinkNull, LinkLoop} {
			for _, header := range [][]byte{{family, 0, 0, 0}, {0, 0, 0, family}} {
				data := append(slices.Clone(header), six...)
				s, err := Decode(time.Time{}, Frame{Link: link, Data: data, Wire: len(data)})
				if err != nil || !s.Src.Addr().Is6() || s.Len != 3 {
					t.Errorf("link %d, header %x: %+v, %v", link, header, s, err)
				}
			}
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	seg := tcpSegment(ACK, nil, 0)
	four, six := ethernet(ipv4(6, 0, nil, seg), 0x0800), ethernet(ipv6(6, seg), 0x86dd)
	tests := []struct {
		name  string
		frame Frame
		want  error
	}{
		{"802.11", Frame{Link: 105, Data: four, Wire: len(four)}, ErrLinkType},
		{"empty raw", Frame{Link: LinkRaw}, ErrTruncated},
		{"raw of no version", Frame{Link: LinkRaw, Data: []byte{0x50}, Wire: 1}, ErrNotTCP},
		{"cooked ARP", Frame{Link: LinkCooked, Data: []byte{0, 0, 3, 4, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 8, 6}, Wire: 16}, ErrNotTCP},
		{"cooked and cut", Frame{Link: LinkCooked2, Data: make([]byte, 19), Wire: 40}, ErrTruncated},
		{"ARP", frame(ethernet(make([]byte, 28), 0x0806)), ErrNotTCP},
		{"802.3 length", frame(ethernet(make([]byte, 28), 28)), ErrNotTCP},
		{"unknown family", Frame{Link: LinkNull, Data: []byte{7, 0, 0, 0, 0x45}, Wire: 5}, ErrNotTCP},
		{"UDP", frame(ethernet(ipv4(17, 0, nil, seg), 0x0800)), ErrNotTCP},
		{"later IPv4 fragment", frame(ethernet(ipv4(6, 3, nil, seg), 0x0800)), ErrFragment},
		{"later fragment of UDP", frame(ethernet(ipv4(17, 3, nil, seg), 0x0800)), ErrNotTCP},
		{"a fragment further on", frame(ethernet(ipv4(6, 0x3000, nil, seg), 0x0800)), ErrFragment},
		{"later IPv6 fragment", frame(ethernet(ipv6(44, append([]byte{6, 0, 0, 8, 0, 0, 0, 9}, seg...)), 0x86dd)), ErrFragment},
		{"later IPv6 fragment of UDP", frame(ethernet(ipv6(44, append([]byte{17, 0, 0, 8, 0, 0, 0, 9}, seg...)), 0x86dd)), ErrNotTCP},
		{"IPv6 without next header", frame(ethernet(ipv6(59, nil), 0x86dd)), ErrNotTCP},
		{"ESP", frame(ethernet(ipv6(50, seg), 0x86dd)), ErrNotTCP},
		{"IPv4 says version 6", frame(patched(four, 14, 0x65)), ErrMalformed},
		{"IPv6 says version 4", frame(patched(six, 14, 0x40)), ErrMalformed},
		{"IPv4 header length 4", frame(patched(four, 14, 0x41)), ErrMalformed},
		{"IPv4 total length below the header's", frame(patched(four, 17, 19)), ErrMalformed},
		{"IPv4 total length without a TCP header", frame(patched(four, 17, 39)), ErrMalformed},
		{"IPv6 payload without a TCP header", frame(patched(six, 19, 19)), ErrMalformed},
		{"IPv6 extension longer than the datagram", frame(ethernet(ipv6(0, []byte{6, 9, 0, 0, 0, 0, 0, 0}), 0x86dd)), ErrMalformed},
		{"TCP data offset 4", frame(patched(four, 14+20+12, 0x40)), ErrMalformed},
		{"TCP data offset beyond the datagram", frame(patched(four, 14+20+12, 0x60)), ErrMalformed},
	}
	for _, tt := range tests {
		if s, err := Decode(time.Time{}, tt.frame); !errors.Is(err, tt.want) || !reflect.DeepEqual(s, Segment{}) {
			t.Errorf("%s: Decode = %+v, %v, want %v", tt.name, s, err, tt.want)
		}
	}
}

// TestDecodeCutShort cuts frames at every octet: before the end of the fixed
// TCP header they are truncated, from there on whole but for their options.
func TestDecodeCutShort(t *testing.T) {
	seg := tcpSegment(SYN, []byte{optMSS, 4, 5, 180, optNOP, optWindowScale, 3, 7}, 9)
	routed := append([]byte{6, 0, 0, 0, 0, 0, 0, 0}, seg...)
	for name, data := range map[string][]byte{
		"IPv4":              ethernet(ipv4(6, 0, nil, seg), 0x0800),
		"IPv4 tagged":       ethernet(ipv4(6, 0, nil, seg), 0x8100, 0x0800),
		"IPv6 with routing": ethernet(ipv6(43, routed), 0x86dd),
	} {
		fixed := len(data) - len(seg) + 20
		for n := range len(data) + 1 {
			s, err := Decode(time.Time{}, Frame{Link: LinkEthernet, Data: data[:n:n], Wire: len(data)})
			if n < fixed {
				if !errors.Is(err, ErrTruncated) {
					t.Errorf("%s cut to %d: error %v, want ErrTruncated", name, n, err)
				}
				continue
			}
			wantMSS, wantScale := n >= fixed+4, n >= fixed+8
			if err != nil || s.Len != 9 || (s.Options.MSS == 1460) != wantMSS || s.Options.HasScale != wantScale {
				t.Errorf("%s cut to %d: Decode = %+v, %v", name, n, s, err)
			}
		}
	}
}

// TestDecodeLengthZero: BIG TCP and frames not yet segmented have the length 0
// in the IP header, and the frame's length counts.
func TestDecodeLengthZero(t *testing.T) {
	seg := tcpSegment(ACK, nil, 100)
	four := patched(patched(ethernet(ipv4(6, 0, nil, seg), 0x0800), 16, 0), 17, 0)
	six := patched(patched(ethernet(ipv6(6, seg), 0x86dd), 18, 0), 19, 0)
	for name, data := range map[string][]byte{"IPv4": four, "IPv6": six} {
		for wire, want := range map[int]int{len(data): 100, len(data) + 70000: 70100, 0: 100} {
			s, err := Decode(time.Time{}, Frame{Link: LinkEthernet, Data: data, Wire: wire})
			if err != nil || s.Len != want {
				t.Errorf("%s, %d octets on the wire: Len %d, %v, want %d", name, wire, s.Len, err, want)
			}
		}
	}
}

func TestDecodeAllocatesNothing(t *testing.T) {
	now := time.Unix(1700000000, 0)
	opts := []byte{optNOP, optNOP, optTimestamps, 10, 0, 0, 0, 1, 0, 0, 0, 2}
	for name, f := range map[string]Frame{
		"IPv4":     frame(ethernet(ipv4(6, 0, nil, tcpSegment(ACK, opts, 10)), 0x0800)),
		"IPv6":     frame(ethernet(ipv6(6, tcpSegment(ACK, opts, 10)), 0x86dd)),
		"an error": frame(ethernet(ipv4(17, 0, nil, nil), 0x0800)),
	} {
		if n := testing.AllocsPerRun(100, func() { Decode(now, f) }); n != 0 {
			t.Errorf("%s: %v allocations a frame, want none", name, n)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	opts := []byte{optNOP, optNOP, optTimestamps, 10, 0, 0, 0, 1, 0, 0, 0, 2}
	now := time.Unix(1700000000, 0)
	for _, bb := range []struct {
		name string
		f    Frame
	}{
		{"IPv4", frame(ethernet(ipv4(6, 0, nil, tcpSegment(ACK, opts, 10)), 0x0800))},
		{"IPv6", frame(ethernet(ipv6(6, tcpSegment(ACK, opts, 10)), 0x86dd))},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Decode(now, bb.f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
