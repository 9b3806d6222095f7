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
		return decodeEthernet(f.Data)
	case LinkNull, LinkLoop:
		return decodeLoopback(f.Data)
	case LinkRaw, LinkIPv4, LinkIPv6:
		return decodeRaw(f.Data)
	case LinkCooked:
		return decodeCooked(f.Data, cookedProtocol, cookedLen)
	case LinkCooked2:
		return decodeCooked(f.Data, cooked2Protocol, cooked2Len)
	default:
		return networkOther, 0, ErrLinkType
	}
}

// decodeEthernet reads an Ethernet II header and the VLAN tags in it.
func decodeEthernet(b []byte) (network, int, error) {
	for at := etherAddrsLen; ; at += vlanTagLen {
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

// The cooked headers of Linux (LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2): where
// the EtherType stands, and how long they are.
const (
	cookedProtocol  = 14
	cookedLen       = 16
	cooked2Protocol = 0
	cooked2Len      = 20
)

// decodeCooked reads the header that Linux puts in place of an interface's own.
func decodeCooked(b []byte, protocol, length int) (network, int, error) {
	if len(b) < length {
		return networkOther, 0, ErrTruncated
	}
	switch binary.BigEndian.Uint16(b[protocol:]) {
	case etherIPv4:
		return networkIPv4, length, nil
	case etherIPv6:
		return networkIPv6, length, nil
	}
	return networkOther, length, nil
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
