package capture

import (
	"encoding/binary"
	"slices"
)

// The frames of the decoding tests are put together here octet by octet, with
// no code in common with what is tested.

// tcpSegment is a TCP header 4000 → 80, seq 0x01020304, ack 0x05060708, window
// 512, with these flags, options (padded to a multiple of four) and payload.
func tcpSegment(flags Flags, options []byte, payload int) []byte {
	for len(options)%4 != 0 {
		options = append(slices.Clip(options), optEnd)
	}
	b := []byte{
		0x0f, 0xa0, 0, 80,
		1, 2, 3, 4,
		5, 6, 7, 8,
		byte(20+len(options)) / 4 << 4, byte(flags), 2, 0,
		0, 0, 0, 0,
	}
	return slices.Concat(b, options, make([]byte, payload))
}

// ipv4 puts an IPv4 header 192.0.2.1 → 192.0.2.2 (ttl 64, id 0xbeef) with
// these options in front of body.
func ipv4(proto byte, frag uint16, options, body []byte) []byte {
	hlen := 20 + len(options)
	b := []byte{
		0x40 | byte(hlen/4), 0, 0, 0,
		0xbe, 0xef, byte(frag >> 8), byte(frag),
		64, proto, 0, 0,
		192, 0, 2, 1,
		192, 0, 2, 2,
	}
	binary.BigEndian.PutUint16(b[2:], uint16(hlen+len(body)))
	return slices.Concat(b, options, body)
}

// ipv6 puts an IPv6 header 2001:db8::1 → 2001:db8::2 (hop limit 63) in front
// of body.
func ipv6(next byte, body []byte) []byte {
	b := make([]byte, 40)
	b[0] = 0x60
	binary.BigEndian.PutUint16(b[4:], uint16(len(body)))
	b[6], b[7] = next, 63
	copy(b[8:], []byte{0x20, 0x01, 0x0d, 0xb8})
	copy(b[24:], b[8:12])
	b[23], b[39] = 1, 2
	return append(b, body...)
}

// ethernet puts an Ethernet header in front of body; types are the EtherTypes,
// the tags first.
func ethernet(body []byte, types ...uint16) []byte {
	b := make([]byte, 12, 64)
	for i, t := range types {
		if i > 0 {
			b = append(b, 0x00, 0x2a) // the VLAN identifier of the tag before
		}
		b = binary.BigEndian.AppendUint16(b, t)
	}
	return append(b, body...)
}

// frame is b as an Ethernet frame captured whole.
func frame(b []byte) Frame { return Frame{Link: LinkEthernet, Data: b, Wire: len(b)} }

// patched returns a copy of b with the octet at i replaced.
func patched(b []byte, i int, v byte) []byte {
	b = slices.Clone(b)
	b[i] = v
	return b
}
