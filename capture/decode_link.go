package capture

import "encoding/binary"

// network is what a link header says that follows it.
type network uint8

const (
	networkOther network = iota
	networkIPv4
	networkIPv6
)

// EtherTypes (IEEE 802 numbers).
const (
	etherIPv4     = 0x0800
	etherIPv6     = 0x86dd
	etherVLAN     = 0x8100 // IEEE 802.1Q
	etherQinQ     = 0x88a8 // IEEE 802.1ad
	etherQinQOld  = 0x9100 // used for stacked tags before 802.1ad
	vlanTagLen    = 4
	etherAddrsLen = 12
	loopbackLen   = 4
)

// decodeLink reads the link header of f: what follows it, and at which offset.
func decodeLink(f Frame) (network, int, error) {
	switch f.Link {
	case LinkEthernet:
		return decodeEtherType(f.Data, etherAddrsLen)
	case LinkNull, LinkLoop:
		return decodeLoopback(f.Data)
	case LinkRaw, LinkIPv4, LinkIPv6:
		return decodeRaw(f.Data)
	case LinkCooked:
		return decodeEtherType(f.Data, cookedProtocol)
	case LinkCooked2:
		return decodeCooked2(f.Data)
	default:
		return networkOther, 0, ErrLinkType
	}
}

// decodeEtherType reads the EtherType at an offset and the VLAN tags behind it:
// the end of an Ethernet II header, and of Linux's cooked one.
func decodeEtherType(b []byte, at int) (network, int, error) {
	for ; ; at += vlanTagLen {
		if len(b) < at+2 {
			return networkOther, 0, ErrTruncated
		}
		switch binary.BigEndian.Uint16(b[at:]) {
		case etherIPv4:
			return networkIPv4, at + 2, nil
		case etherIPv6:
			return networkIPv6, at + 2, nil
		case etherVLAN, etherQinQ, etherQinQOld:
		default:
			return networkOther, at + 2, nil
		}
	}
}

// The headers that Linux puts in place of an interface's own
// (LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2): where the EtherType stands in the
// one, at its end, and how long the other is, which begins with it.
const (
	cookedProtocol = 14
	cooked2Len     = 20
)

// decodeCooked2 reads a LINUX_SLL2 header.
func decodeCooked2(b []byte) (network, int, error) {
	if len(b) < cooked2Len {
		return networkOther, 0, ErrTruncated
	}
	switch binary.BigEndian.Uint16(b) {
	case etherIPv4:
		return networkIPv4, cooked2Len, nil
	case etherIPv6:
		return networkIPv6, cooked2Len, nil
	}
	return networkOther, cooked2Len, nil
}

// decodeRaw tells the datagram's version by its first four bits.
func decodeRaw(b []byte) (network, int, error) {
	if len(b) == 0 {
		return networkOther, 0, ErrTruncated
	}
	switch b[0] >> 4 {
	case 4:
		return networkIPv4, 0, nil
	case 6:
		return networkIPv6, 0, nil
	}
	return networkOther, 0, nil
}

// decodeLoopback reads the address family in front of a BSD loopback frame.
// The writer's byte order is not known, so both are read: no family is its own
// or another's mirror image.
func decodeLoopback(b []byte) (network, int, error) {
	if len(b) < loopbackLen {
		return networkOther, 0, ErrTruncated
	}
	n := familyNetwork(binary.BigEndian.Uint32(b))
	if n == networkOther {
		n = familyNetwork(binary.LittleEndian.Uint32(b))
	}
	return n, loopbackLen, nil
}

// familyNetwork maps the AF_ numbers of the systems that write such files.
// AF_INET is the same everywhere, AF_INET6 is not.
func familyNetwork(family uint32) network {
	switch family {
	case 2:
		return networkIPv4
	case 10, // Linux
		24, // NetBSD, OpenBSD
		28, // FreeBSD, DragonFly
		30: // Darwin
		return networkIPv6
	default:
		return networkOther
	}
}
