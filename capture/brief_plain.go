package capture

import "encoding/binary"

// Where the headers of a plain frame lie.
const (
	plainIP   = etherAddrsLen + 2
	plainTCP4 = plainIP + ipv4MinLen
	plainTCP6 = plainIP + ipv6Len
)

// plain is Look for what most frames are: TCP in a datagram that is no fragment, behind
// an Ethernet header without tags and an IP header without options. It looks at fixed
// places and makes no calls. For any other frame, and for one that is not right, it
// reports false, and b holds nothing of use.
func (b *Brief) plain(data []byte) bool {
	if len(data) < plainTCP4+tcpMinLen {
		return false
	}
	var h []byte // the TCP header
	var end int  // of the datagram, behind the begin of that
	switch ip := data[plainIP : plainTCP4+tcpMinLen]; binary.BigEndian.Uint16(data[etherAddrsLen:]) {
	case etherIPv4:
		const allButDoNotFragment = 0xbfff
		end = int(binary.BigEndian.Uint16(ip[2:])) - ipv4MinLen
		if ip[0] != 4<<4|ipv4MinLen/4 || ip[9] != protoTCP || binary.BigEndian.Uint16(ip[6:])&allButDoNotFragment != 0 {
			return false
		}
		setMapped(&b.Src, ip[12:16])
		setMapped(&b.Dst, ip[16:20])
		b.IPID, b.TTL, b.V6 = binary.BigEndian.Uint16(ip[4:]), ip[8], false
		h = data[plainTCP4:]
	case etherIPv6:
		end = int(binary.BigEndian.Uint16(ip[4:]))
		if len(data) < plainTCP6+tcpMinLen || ip[0]>>4 != 6 || ip[6] != protoTCP {
			return false
		}
		b.Src, b.Dst = [16]byte(ip[8:24]), [16]byte(ip[24:40])
		b.IPID, b.TTL, b.V6 = 0, ip[7], true
		h = data[plainTCP6:]
	default:
		return false
	}
	hlen := int(h[12]>>4) * 4
	if hlen < tcpMinLen || hlen > end {
		return false
	}
	b.SrcPort, b.DstPort = binary.BigEndian.Uint16(h), binary.BigEndian.Uint16(h[2:])
	b.Seq, b.Ack = Seq(binary.BigEndian.Uint32(h[4:])), Seq(binary.BigEndian.Uint32(h[8:]))
	b.Flags, b.Window = Flags(h[13]), binary.BigEndian.Uint16(h[14:])
	b.Len = int32(end - hlen)
	b.Cut = end > hlen && end > len(h)
	b.Quoted, b.Fragment = false, false
	b.HasScale, b.WindowScale, b.SACKPermitted, b.HasTimestamps = false, 0, false, false
	if b.Flags&(SYN|RST) != 0 && hlen > tcpMinLen {
		b.lookOptions(h[tcpMinLen:min(hlen, len(h))])
	}
	return true
}
