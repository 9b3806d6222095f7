package redact

import (
	"encoding/binary"
	"slices"

	"github.com/rstwatch/rstwatch/capture"
)

// Frames are put together octet by octet. What must not come through is spelled
// SECRET in each: letters where octets are free, and addresses that are made of
// them.

var (
	secret   = []byte("SECRETSECRETSECRETSECRET")
	srcCard  = []byte("SECRE1")
	dstCard  = []byte("TECRE2")
	ethernet = slices.Concat(dstCard, srcCard)
	src4     = []byte("SEC1")
	dst4     = []byte("SEC2")
	router4  = []byte("SEC3")
	src6     = []byte(" \x01SECRETSECRET-1")
	dst6     = []byte(" \x01SECRETSECRET-2")
	router6  = []byte(" \x01SECRETSECRET-3")
)

// tcp is a segment 4000 → 443 with these flags and options, and the secret as
// its payload.
func tcp(flags capture.Flags, opts ...byte) []byte {
	for len(opts)%4 != 0 {
		opts = append(opts, 0)
	}
	h := []byte{0x0f, 0xa0, 1, 0xbb, 1, 2, 3, 4, 5, 6, 7, 8, byte(20+len(opts)) / 4 << 4, byte(flags), 2, 0, 'S', 'E', 0, 9}
	return slices.Concat(h, opts, secret)
}

func ipv4(proto byte, opts, body []byte) []byte { return ipv4From(src4, dst4, proto, opts, body) }

func ipv4From(src, dst []byte, proto byte, opts, body []byte) []byte {
	h := []byte{0x45 + byte(len(opts)/4), 7, 0, 0, 0xbe, 0xef, 0x40, 0, 61, proto, 'S', 'E'}
	b := slices.Concat(h, src, dst, opts, body)
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
	return b
}

func ipv6(next byte, body []byte) []byte { return ipv6From(src6, dst6, next, body) }

func ipv6From(src, dst []byte, next byte, body []byte) []byte {
	h := []byte{0x6a, 5, 'E', 'C', 0, 0, next, 61}
	binary.BigEndian.PutUint16(h[4:], uint16(len(body)))
	return slices.Concat(h, src, dst, body)
}

// routed puts extension headers in front of a segment, all of them with
// secrets.
func routed(segment []byte) []byte {
	ext := func(next byte, rest string) []byte { return append([]byte{next, byte((len(rest)+2)/8 - 1)}, rest...) }
	return slices.Concat(
		ext(43, "SECRET"),                                   // hop-by-hop
		ext(60, "\x00\x01SECRETSECRETSECRETSE"),             // routing, an address in it
		ext(51, "SECRET"),                                   // destination options
		[]byte{44, 4, 0, 0}, []byte("SECRETSECRETSECRETSE"), // authentication
		[]byte("\x06S\x00\x00SECR"), // fragment, atomic
		segment)
}

func whole(link capture.LinkType, parts ...[]byte) capture.Frame {
	b := slices.Concat(parts...)
	return capture.Frame{Link: link, Data: b, Wire: len(b)}
}

// frames has one of each kind, by name.
func frames() map[string]capture.Frame {
	segment := tcp(capture.PSH | capture.ACK)
	options := []byte{2, 4, 5, 0xb4, 1, 3, 3, 7, 4, 2, 8, 10, 1, 1, 1, 1, 2, 2, 2, 2, 34, 10, 'S', 'E', 'C', 'R', 'E', 'T', 'S', 'E'}
	join := append([]byte{30, 16, 0x38, 5}, "SECRETSECRET"...) // MPTCP, ADD_ADDR
	route := append([]byte{7, 11, 12}, "SECRETSEC"...)
	four, six := []byte{0x08, 0}, []byte{0x86, 0xdd}
	tagged := []byte{0x88, 0xa8, 0, 42, 0x81, 0, 0, 43, 0x08, 0}
	cooked := []byte("\x00\x00\x00\x01\x00\x06SECRETSE\x08\x00")
	cooked8 := []byte("\x00\x00\x00\x01\x00\x08SECRETSE\x08\x00")
	cooked2 := []byte("\x86\xddSE\x00\x00\x00\x01\x00\x01\x00\x06SECRETSE")
	short := slices.Concat(ethernet, four, ipv4(6, nil, tcp(capture.ACK, options...)))
	unreachable := func(quote []byte) []byte { return append([]byte{3, 1, 'S', 'E', 'C', 'R', 'E', 'T'}, quote...) }
	mustFragment := func(quote []byte) []byte { return append([]byte{3, 4, 'S', 'E', 'S', 'E', 5, 0}, quote...) }
	tooBig := func(quote []byte) []byte { return append([]byte{2, 0, 'S', 'E', 0, 0, 5, 0}, quote...) }
	return map[string]capture.Frame{
		"IPv4, a trailer":          whole(capture.LinkEthernet, ethernet, four, ipv4(6, nil, segment), secret),
		"IPv6":                     whole(capture.LinkEthernet, ethernet, six, ipv6(6, segment)),
		"tags":                     whole(capture.LinkEthernet, ethernet, tagged, ipv4(6, nil, segment)),
		"a route recorded":         whole(capture.LinkRaw, ipv4(6, route, segment)),
		"extension headers":        whole(capture.LinkRaw, ipv6(0, routed(segment))),
		"a SYN with data":          whole(capture.LinkRaw, ipv4(6, nil, tcp(capture.SYN, options...))),
		"MPTCP":                    whole(capture.LinkRaw, ipv4(6, nil, tcp(capture.ACK, join...))),
		"a RST that says why":      whole(capture.LinkRaw, ipv6(6, tcp(capture.RST))),
		"options that break off":   whole(capture.LinkRaw, ipv4(6, nil, tcp(capture.ACK, 1, 2, 4, 5, 0xb4, 8, 99, 'S'))),
		"options of other lengths": whole(capture.LinkRaw, ipv4(6, nil, tcp(capture.SYN, 3, 6, 'S', 'E', 'C', 'R', 2, 4, 5, 0xb4))),
		"a frame cut short":        {Link: capture.LinkEthernet, Data: short[:14+20+20+25], Wire: len(short)},
		"Linux cooked":             whole(capture.LinkCooked, cooked, ipv4(6, nil, segment)),
		"Linux cooked, InfiniBand": whole(capture.LinkCooked, cooked8, ipv4(6, nil, segment)),
		"Linux cooked 2":           whole(capture.LinkCooked2, cooked2, ipv6(6, segment)),
		"loopback":                 whole(capture.LinkNull, []byte{2, 0, 0, 0}, ipv4(6, nil, segment)),
		"loopback, IPv6":           whole(capture.LinkLoop, []byte{0, 0, 0, 24}, ipv6(6, segment)),
		"an ICMP error": whole(capture.LinkRaw, ipv4From(router4, src4, 1, nil,
			unreachable(ipv4(6, route, tcp(capture.ACK, options...)))), secret),
		"an ICMP error, all it must quote": whole(capture.LinkRaw, ipv4From(router4, src4, 1, nil,
			unreachable(ipv4(6, nil, segment)[:28]))),
		"an ICMP error that ends in a header": whole(capture.LinkRaw, ipv4From(router4, src4, 1, nil,
			unreachable(ipv4(6, nil, segment)[:37])), secret),
		"an ICMP error with an MTU": whole(capture.LinkRaw, ipv4From(router4, src4, 1, nil,
			mustFragment(ipv4(6, nil, segment)[:28]))),
		"an ICMPv6 error": whole(capture.LinkEthernet, ethernet, six, ipv6From(router6, src6, 58,
			tooBig(ipv6(0, routed(tcp(capture.SYN, options...))))), secret),
	}
}
