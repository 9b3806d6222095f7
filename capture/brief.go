package capture

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"time"
)

// Brief is what a survey of millions of segments needs of one: a value without
// pointers, an eighth of the size of a [Segment]. [Look] fills it.
type Brief struct {
	Src, Dst         [16]byte // as in the headers; IPv4 addresses are mapped (RFC 4291 §2.5.5.2)
	Len              int32    // octets of payload on the wire, more than 64 KiB where the card cuts segments
	Seq, Ack         Seq
	SrcPort, DstPort uint16
	Window           uint16 // the header field, not scaled
	IPID             uint16 // IPv4 identification; 0 in IPv6
	Flags            Flags
	TTL              uint8
	WindowScale      uint8 // the shift, 0 to 14; see HasScale
	ICMPType         uint8 // see Quoted
	ICMPCode         uint8
	V6               bool
	Fragment         bool // the first fragment of a larger datagram
	Cut              bool // some of the payload was not captured
	Quoted           bool // an ICMP error quotes the segment: addresses, ports, Seq, TTL and IPID alone are set

	// Options are read of segments with SYN or RST only.
	HasScale, SACKPermitted, HasTimestamps bool
}

// From returns the segment's source.
func (b *Brief) From() netip.AddrPort { return portOf(b.Src, b.SrcPort, b.V6) }

// To returns the segment's destination.
func (b *Brief) To() netip.AddrPort { return portOf(b.Dst, b.DstPort, b.V6) }

func portOf(a [16]byte, port uint16, v6 bool) netip.AddrPort {
	if v6 {
		return netip.AddrPortFrom(netip.AddrFrom16(a), port)
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(a[12:])), port)
}

// Look reads into b the TCP segment in data, a frame of this link type with
// wire octets on the wire. Its verdict is that of [Decode] on every frame, its
// fields are those of the segment that Decode returns, and it allocates nothing;
// what it leaves out makes it four times as fast. After an error b holds
// nothing of use. It keeps no reference to data.
func Look(b *Brief, link LinkType, data []byte, wire int) error {
	if link == LinkEthernet && b.plain(data) {
		return nil
	}
	kind, at, err := decodeLink(Frame{Link: link, Data: data})
	if err != nil {
		return err
	}
	end := max(wire, len(data))
	switch kind {
	case networkIPv4:
		at, end, err = b.lookIPv4(data, at, end)
	case networkIPv6:
		at, end, err = b.lookIPv6(data, at, end)
	default:
		return ErrNotTCP
	}
	if err == errAside {
		return b.lookAside(Frame{Link: link, Data: data, Wire: wire})
	}
	if err != nil {
		return err
	}
	return b.lookTCP(data, at, end)
}

// errAside says that the frame is none of the kinds that are common, and that
// Decode shall read it.
var errAside = errors.New("capture: an uncommon frame")

// lookIPv4 reads an IPv4 header, and returns where the next begins and where
// the datagram ends.
func (b *Brief) lookIPv4(data []byte, at, end int) (next, stop int, err error) {
	if at+ipv4MinLen > len(data) {
		return 0, 0, errAside
	}
	h := data[at : at+ipv4MinLen : at+ipv4MinLen]
	hlen := int(h[0]&0x0f) * 4
	total := int(binary.BigEndian.Uint16(h[2:]))
	const offsetMask, moreFragments = 0x1fff, 0x20
	if h[0]>>4 != 4 || hlen < ipv4MinLen || total != 0 && total < hlen || h[9] != protoTCP ||
		binary.BigEndian.Uint16(h[6:])&offsetMask != 0 {
		return 0, 0, errAside
	}
	if total != 0 {
		end = at + total
	}
	setMapped(&b.Src, h[12:16])
	setMapped(&b.Dst, h[16:20])
	b.V6, b.Quoted = false, false
	b.Fragment = h[6]&moreFragments != 0
	b.IPID, b.TTL = binary.BigEndian.Uint16(h[4:]), h[8]
	return at + hlen, end, nil
}

// lookIPv6 reads an IPv6 header that TCP follows.
func (b *Brief) lookIPv6(data []byte, at, end int) (next, stop int, err error) {
	if at+ipv6Len > len(data) {
		return 0, 0, errAside
	}
	h := data[at : at+ipv6Len : at+ipv6Len]
	if h[0]>>4 != 6 || h[6] != protoTCP {
		return 0, 0, errAside
	}
	if payload := int(binary.BigEndian.Uint16(h[4:])); payload != 0 {
		end = at + ipv6Len + payload
	}
	b.Src, b.Dst = [16]byte(h[8:24]), [16]byte(h[24:40])
	b.V6, b.Quoted, b.Fragment = true, false, false
	b.IPID, b.TTL = 0, h[7]
	return at + ipv6Len, end, nil
}

// setMapped sets an IPv4 address in the room of an IPv6 one, in two words: what
// is written octet by octet can not be read as a whole right after.
func setMapped(to *[16]byte, a []byte) {
	binary.BigEndian.PutUint64(to[:8], 0)
	binary.BigEndian.PutUint64(to[8:], 0xffff<<32|uint64(binary.BigEndian.Uint32(a)))
}

// lookTCP reads the TCP header at at, in a datagram that ends at end.
func (b *Brief) lookTCP(data []byte, at, end int) error {
	switch {
	case at+tcpMinLen > end:
		return ErrMalformed
	case at+tcpMinLen > len(data):
		return ErrTruncated
	}
	h := data[at : at+tcpMinLen : at+tcpMinLen]
	hlen := int(h[12]>>4) * 4
	if hlen < tcpMinLen || at+hlen > end {
		return ErrMalformed
	}
	b.SrcPort, b.DstPort = binary.BigEndian.Uint16(h), binary.BigEndian.Uint16(h[2:])
	b.Seq, b.Ack = Seq(binary.BigEndian.Uint32(h[4:])), Seq(binary.BigEndian.Uint32(h[8:]))
	b.Flags = Flags(h[13])
	b.Window = binary.BigEndian.Uint16(h[14:])
	b.Len = int32(end - at - hlen)
	b.Cut = b.Len > 0 && end > len(data)
	b.HasScale, b.WindowScale, b.SACKPermitted, b.HasTimestamps = false, 0, false, false
	if b.Flags&(SYN|RST) != 0 && hlen > tcpMinLen {
		b.lookOptions(data[at+tcpMinLen : min(at+hlen, len(data))])
	}
	return nil
}

// lookOptions is Options.decode for those that a Brief has.
func (b *Brief) lookOptions(o []byte) {
	for len(o) > 0 && o[0] != optEnd {
		if o[0] == optNOP {
			o = o[1:]
			continue
		}
		if len(o) < 2 || o[1] < 2 || int(o[1]) > len(o) {
			return
		}
		n := int(o[1])
		switch {
		case o[0] == optWindowScale && n == 3:
			b.HasScale, b.WindowScale = true, min(o[2], 14)
		case o[0] == optSACKPermitted && n == 2:
			b.SACKPermitted = true
		case o[0] == optTimestamps && n == 10:
			b.HasTimestamps = true
		}
		o = o[n:]
	}
}

func (b *Brief) setOptions(o Options) {
	b.HasScale, b.WindowScale = o.HasScale, o.WindowScale
	b.SACKPermitted, b.HasTimestamps = o.SACKPermitted, o.HasTimestamps
}

// lookAside takes from Decode what b has room for.
func (b *Brief) lookAside(f Frame) error {
	s, err := Decode(time.Time{}, f)
	if err != nil {
		return err
	}
	*b = Brief{Src: s.Src.Addr().As16(), Dst: s.Dst.Addr().As16(), SrcPort: s.Src.Port(), DstPort: s.Dst.Port(),
		V6: s.Src.Addr().Is6(), Len: int32(s.Len), Seq: s.Seq, Ack: s.Ack, Window: uint16(s.Window), IPID: s.IPID,
		Flags: s.Flags, TTL: s.TTL, Fragment: s.Fragment, Quoted: s.ICMP.Is(), ICMPType: s.ICMP.Type, ICMPCode: s.ICMP.Code}
	if s.Flags&(SYN|RST) != 0 {
		b.setOptions(s.Options)
	}
	b.Cut = s.Len > 0 && f.Wire > len(f.Data)
	return nil
}
