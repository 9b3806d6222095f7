package capture

import (
	"encoding/binary"
	"net/netip"
)

// Protocol and next-header numbers (IANA, Assigned Internet Protocol Numbers).
const (
	protoHopByHop    = 0
	protoTCP         = 6
	protoRouting     = 43
	protoFragment    = 44
	protoAH          = 51
	protoDestOptions = 60
)

const (
	ipv4MinLen  = 20
	ipv6Len     = 40
	fragmentLen = 8
)

// decodeIPv4 reads an IPv4 header (RFC 791 §3.1) and moves p to the TCP header.
func (p *packet) decodeIPv4(s *Segment) error {
	h, err := p.header(ipv4MinLen)
	if err != nil {
		return err
	}
	hlen := int(h[0]&0x0f) * 4
	total := int(binary.BigEndian.Uint16(h[2:]))
	if h[0]>>4 != 4 || hlen < ipv4MinLen {
		return ErrMalformed
	}
	// A length of 0 is a datagram of more than 64 KiB, or one that the card
	// has yet to cut into segments: the frame's own length stands.
	if total != 0 {
		if total < hlen {
			return ErrMalformed
		}
		p.end = p.at + total
	}
	const moreFragments, offsetMask = 0x2000, 0x1fff
	frag := binary.BigEndian.Uint16(h[6:])
	p.proto = h[9]
	switch {
	case p.proto == protoTCP && frag&offsetMask != 0:
		return ErrFragment
	case p.proto != protoTCP && p.proto != protoICMP || frag&offsetMask != 0:
		return ErrNotTCP
	}
	s.Fragment = frag&moreFragments != 0
	s.IPID = binary.BigEndian.Uint16(h[4:])
	s.TTL = h[8]
	// The ports follow with the TCP header.
	s.Src = netip.AddrPortFrom(netip.AddrFrom4([4]byte(h[12:16])), 0)
	s.Dst = netip.AddrPortFrom(netip.AddrFrom4([4]byte(h[16:20])), 0)
	p.at += hlen
	return nil
}

// decodeIPv6 reads an IPv6 header (RFC 8200 §3) and its extension headers, and
// moves p to the TCP header.
func (p *packet) decodeIPv6(s *Segment) error {
	h, err := p.header(ipv6Len)
	if err != nil {
		return err
	}
	if h[0]>>4 != 6 {
		return ErrMalformed
	}
	// As in IPv4, 0 is a payload that the field can not express (RFC 2675).
	if payload := int(binary.BigEndian.Uint16(h[4:])); payload != 0 {
		p.end = p.at + ipv6Len + payload
	}
	s.TTL = h[7]
	s.Src = netip.AddrPortFrom(netip.AddrFrom16([16]byte(h[8:24])), 0)
	s.Dst = netip.AddrPortFrom(netip.AddrFrom16([16]byte(h[24:40])), 0)
	p.at += ipv6Len
	return p.skipExtensions(s, h[6])
}

// skipExtensions moves p past the extension headers, the first of which is
// next. Each is at least eight octets long, so it ends.
func (p *packet) skipExtensions(s *Segment, next byte) error {
	for next != protoTCP && next != protoICMPv6 {
		switch next {
		case protoHopByHop, protoRouting, protoDestOptions, protoFragment, protoAH:
		default:
			return ErrNotTCP
		}
		h, err := p.header(fragmentLen)
		if err != nil {
			return err
		}
		n := fragmentLen
		switch next {
		case protoFragment:
			const offsetMask, moreFragments = 0xfff8, 1
			frag := binary.BigEndian.Uint16(h[2:])
			switch {
			case frag&offsetMask != 0 && h[0] == protoTCP:
				return ErrFragment
			case frag&offsetMask != 0:
				return ErrNotTCP
			}
			s.Fragment = frag&moreFragments != 0
		case protoAH:
			n = (int(h[1]) + 2) * 4 // in units of 4 octets, less 2 (RFC 4302 §2.2)
		default:
			n = (int(h[1]) + 1) * 8 // in units of 8 octets, less 1 (RFC 8200 §4.3)
		}
		next = h[0]
		p.at += n
		if p.at > p.end {
			return ErrMalformed
		}
	}
	p.proto = next
	return nil
}
