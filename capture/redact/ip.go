package redact

import "encoding/binary"

// Protocol and next-header numbers (IANA, Assigned Internet Protocol Numbers).
const (
	protoICMP     = 1
	protoTCP      = 6
	protoFragment = 44
	protoAH       = 51
	protoICMPv6   = 58
)

const (
	ipv4Len     = 20
	ipv6Len     = 40
	fragmentLen = 8
)

// ip redacts the IP header at p and passes it, with all extension headers. It
// returns the protocol that follows.
func (p *packet) ip() byte {
	if p.v6 {
		return p.ipv6()
	}
	return p.ipv4()
}

func (p *packet) ipv4() byte {
	h := p.data[p.at:]
	h = h[:int(h[0]&0x0f)*4]
	if total := int(binary.BigEndian.Uint16(h[2:])); total != 0 {
		p.end = p.at + total
	}
	p.addresses.ip(h[12:16])
	p.addresses.ip(h[16:20])
	clear(h[ipv4Len:]) // options: routes, and ends of options
	binary.BigEndian.PutUint16(h[10:], 0)
	binary.BigEndian.PutUint16(h[10:], checksum(sum(h)))
	p.sum = sum(h[12:20])
	p.at += len(h)
	return h[9]
}

func (p *packet) ipv6() byte {
	h := p.data[p.at : p.at+ipv6Len]
	if payload := int(binary.BigEndian.Uint16(h[4:])); payload != 0 {
		p.end = p.at + ipv6Len + payload
	}
	h[1] &= 0xf0 // the flow label
	h[2], h[3] = 0, 0
	p.addresses.ip(h[8:24])
	p.addresses.ip(h[24:40])
	p.sum = sum(h[8:40])
	p.at += ipv6Len
	next := h[6]
	for next != protoTCP && next != protoICMPv6 {
		next = p.extension(next)
	}
	return next
}

// extension redacts and passes an extension header and returns the next one's
// kind. Of a fragment's header its place is kept; of others the length, which
// leaves a row of Pad1 options (RFC 8200 §4.2) or a route over nobody.
func (p *packet) extension(is byte) (next byte) {
	h := p.data[p.at:]
	n := (int(h[1]) + 1) * 8
	switch is {
	case protoFragment:
		n = fragmentLen
	case protoAH:
		n = (int(h[1]) + 2) * 4
	}
	if is == protoFragment {
		const offsetAndMore = 0xf9
		h[1] = 0
		h[3] &= offsetAndMore
		clear(h[4:n])
	} else {
		clear(h[2:min(n, len(h))])
	}
	p.at += n
	return h[0]
}

// sum adds up b as 16-bit numbers (RFC 1071), as if it ended with zeros.
func sum(b []byte) (s uint32) {
	for ; len(b) >= 2; b = b[2:] {
		s += uint32(b[0])<<8 | uint32(b[1])
	}
	if len(b) == 1 {
		s += uint32(b[0]) << 8
	}
	return s
}

// checksum turns a sum into the field that a header has for it.
func checksum(s uint32) uint16 {
	for s>>16 != 0 {
		s = s&0xffff + s>>16
	}
	return ^uint16(s)
}

// pseudo is the sum of the pseudo-header (RFC 9293 §3.1, RFC 8200 §8.1).
func (p *packet) pseudo(proto byte, length int) uint32 {
	return p.sum + uint32(proto) + uint32(length)>>16 + uint32(length)&0xffff
}
