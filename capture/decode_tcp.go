package capture

import (
	"encoding/binary"
	"net/netip"
)

const tcpMinLen = 20

// decodeTCP reads the TCP header (RFC 9293 §3.1) at p and the options that
// were captured of it.
func (p *packet) decodeTCP(s *Segment) error {
	h, err := p.header(tcpMinLen)
	if err != nil {
		return err
	}
	hlen := int(h[12]>>4) * 4
	if hlen < tcpMinLen || p.at+hlen > p.end {
		return ErrMalformed
	}
	s.Src = netip.AddrPortFrom(s.Src.Addr(), binary.BigEndian.Uint16(h[0:]))
	s.Dst = netip.AddrPortFrom(s.Dst.Addr(), binary.BigEndian.Uint16(h[2:]))
	s.Seq = Seq(binary.BigEndian.Uint32(h[4:]))
	s.Ack = Seq(binary.BigEndian.Uint32(h[8:]))
	s.Flags = Flags(h[13])
	s.Window = int(binary.BigEndian.Uint16(h[14:]))
	s.Len = p.end - p.at - hlen
	s.Options.decode(p.data[p.at+tcpMinLen : min(p.at+hlen, len(p.data))])
	return nil
}

// Option kinds (IANA, TCP Parameters).
const (
	optEnd           = 0
	optNOP           = 1
	optMSS           = 2
	optWindowScale   = 3
	optSACKPermitted = 4
	optSACK          = 5
	optTimestamps    = 8
	optMPTCP         = 30
)

// decode reads the options in b. It stops at the first whose length is
// impossible or reaches beyond b, and passes over a known kind of a wrong
// length, both as tcp_parse_options does.
func (o *Options) decode(b []byte) {
	for len(b) > 0 {
		switch b[0] {
		case optEnd:
			return
		case optNOP:
			b = b[1:]
			continue
		}
		if len(b) < 2 || b[1] < 2 || int(b[1]) > len(b) {
			return
		}
		n := int(b[1])
		o.set(b[0], b[2:n])
		b = b[n:]
	}
}

// set stores one option; v is what follows its kind and length.
func (o *Options) set(kind byte, v []byte) {
	switch {
	case kind == optMSS && len(v) == 2:
		o.MSS = binary.BigEndian.Uint16(v)
	case kind == optWindowScale && len(v) == 1:
		o.HasScale = true
		o.WindowScale = min(v[0], 14) // more counts as 14 (RFC 7323 §2.3)
	case kind == optSACKPermitted && len(v) == 0:
		o.SACKPermitted = true
	case kind == optSACK && len(v) >= 8 && len(v)%8 == 0:
		o.setSACK(v)
	case kind == optTimestamps && len(v) == 8:
		o.HasTimestamps = true
		o.TSVal = binary.BigEndian.Uint32(v)
		o.TSEcr = binary.BigEndian.Uint32(v[4:])
	case kind == optMPTCP:
		o.MPTCP = true
	}
}

// setSACK stores the blocks in v. The header has room for four.
func (o *Options) setSACK(v []byte) {
	n := min(len(v)/8, len(o.SACK))
	o.SACK = [len(o.SACK)]Block{}
	for i := range n {
		o.SACK[i] = Block{
			Left:  Seq(binary.BigEndian.Uint32(v[8*i:])),
			Right: Seq(binary.BigEndian.Uint32(v[8*i+4:])),
		}
	}
	o.SACKBlocks = uint8(n)
}
