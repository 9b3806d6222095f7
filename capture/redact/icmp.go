package redact

import "encoding/binary"

const icmpLen = 8

// icmp redacts the ICMP error at p and the segment that it quotes, and passes
// both. The checksum is that of a message that ends in zeros.
func (p *packet) icmp() {
	start, proto := p.at, byte(protoICMP)
	h := p.data[p.at : p.at+icmpLen]
	if p.v6 {
		proto = protoICMPv6
	}
	if !p.tells(h[0], h[1]) {
		clear(h[4:])
	}
	switch {
	case p.v6:
	case h[0] == 12:
		clear(h[5:]) // a pointer, in one octet
	default:
		clear(h[4:6]) // an MTU, in two
	}
	q := *p
	q.at += icmpLen
	q.ip()
	q.tcpUpTo(max(min(p.end, len(p.data)), q.at+portsLen))
	message := p.data[start:q.at]
	clear(message[2:4])
	total := sum(message)
	if p.v6 {
		total += p.pseudo(proto, p.end-start)
	}
	binary.BigEndian.PutUint16(message[2:], checksum(total))
	p.at = q.at
}

// tells reports whether the second word of a message of this type and code
// says something of the error: an MTU, or where in the header it is
// (RFC 1191 §4, RFC 792, RFC 4443 §3.2, §3.4).
func (p *packet) tells(typ, code byte) bool {
	if p.v6 {
		return typ == 2 || typ == 4
	}
	return typ == 3 && code == 4 || typ == 12
}
