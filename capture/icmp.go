package capture

import (
	"encoding/binary"
	"net/netip"
)

// ICMP is what an ICMP or ICMPv6 error message says of the segment that it
// quotes (RFC 792, RFC 4443). The zero value is no message.
type ICMP struct {
	From netip.Addr // who sent the message
	To   netip.Addr // whom it was sent to: who had sent the quoted segment
	Type uint8
	Code uint8
}

// Is reports whether there is a message.
func (m ICMP) Is() bool { return m.From.IsValid() }

const (
	protoICMP   = 1
	protoICMPv6 = 58
	icmpLen     = 8
	quotedLen   = 8 // of a TCP header: ports and sequence number (RFC 792)
)

// decodeICMP reads an ICMP error at p and the segment that it quotes. Ports
// and sequence number are all that a quotation must have.
func (p *packet) decodeICMP(s *Segment, v6 bool) error {
	h, err := p.header(icmpLen)
	if err != nil {
		return err
	}
	m := ICMP{From: s.Src.Addr(), To: s.Dst.Addr(), Type: h[0], Code: h[1]}
	if !m.isError(v6) {
		return ErrNotTCP
	}
	p.at += icmpLen
	quoted := Segment{Time: s.Time, Frame: s.Frame, ICMP: m}
	q := *p
	if v6 {
		err = q.decodeIPv6(&quoted)
	} else {
		err = q.decodeIPv4(&quoted)
	}
	if err == ErrFragment || err == nil && q.proto != protoTCP {
		err = ErrNotTCP // a later fragment has no ports to be quoted; a ping that came nowhere
	}
	if err != nil {
		return err
	}
	q.end = max(q.end, p.end) // the quotation may be shorter than its datagram was
	t, err := q.header(quotedLen)
	if err != nil {
		return err
	}
	quoted.Src = netip.AddrPortFrom(quoted.Src.Addr(), binary.BigEndian.Uint16(t[0:]))
	quoted.Dst = netip.AddrPortFrom(quoted.Dst.Addr(), binary.BigEndian.Uint16(t[2:]))
	quoted.Seq = Seq(binary.BigEndian.Uint32(t[4:]))
	*s = quoted
	return nil
}

// isError reports whether the message quotes the datagram that it is about:
// destination unreachable, time exceeded, parameter problem; in ICMPv6 also
// packet too big, and all other types below 128.
func (m ICMP) isError(v6 bool) bool {
	if v6 {
		return m.Type < 128
	}
	return m.Type == 3 || m.Type == 11 || m.Type == 12
}
