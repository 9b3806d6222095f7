package lab

import (
	"encoding/binary"
	"net/netip"
)

// Protocol numbers of IP, and the lengths of its headers without options.
const (
	protocolICMPv4 = 1
	protocolTCP    = 6
	protocolICMPv6 = 58

	headerLen4 = 20
	headerLen6 = 40

	maxDatagram = 1<<16 - 1 - headerLen4 // octets after the header, in either version
)

// packet returns the header of IP and what it carries. Of IPv4's the checksum
// is right as well, although the kernel would fill it in: an ICMP error quotes
// it.
func packet(from, to netip.Addr, protocol, ttl uint8, carries []byte) []byte {
	if ttl == 0 {
		ttl = 64
	}
	if !from.Is4() {
		b := []byte{6 << 4, 0, 0, 0}
		b = binary.BigEndian.AppendUint16(b, uint16(len(carries)))
		b = append(b, protocol, ttl)
		b = append(append(b, from.AsSlice()...), to.AsSlice()...)
		return append(b, carries...)
	}
	b := []byte{4<<4 | headerLen4/4, 0}
	b = binary.BigEndian.AppendUint16(b, uint16(headerLen4+len(carries)))
	b = append(b, 0, 0, 1<<6, 0) // identification, don't fragment
	b = append(b, ttl, protocol, 0, 0)
	b = append(append(b, from.AsSlice()...), to.AsSlice()...)
	binary.BigEndian.PutUint16(b[10:], checksum(b))
	return append(b, carries...)
}

// checksum is the internet checksum (RFC 1071).
func checksum(b []byte) uint16 {
	var sum uint64
	for ; len(b) >= 2; b = b[2:] {
		sum += uint64(binary.BigEndian.Uint16(b))
	}
	if len(b) == 1 {
		sum += uint64(b[0]) << 8
	}
	for sum>>16 != 0 {
		sum = sum&0xffff + sum>>16
	}
	return ^uint16(sum)
}

// transportChecksum takes in the pseudo-header too (RFC 9293 §3.1, RFC 8200
// §8.1). The two versions' differ in length only by zeros.
func transportChecksum(from, to netip.Addr, protocol uint8, b []byte) uint16 {
	pseudo := append(from.AsSlice(), to.AsSlice()...)
	pseudo = binary.BigEndian.AppendUint32(pseudo, uint32(len(b)))
	pseudo = append(pseudo, 0, 0, 0, protocol)
	return checksum(append(pseudo, b...))
}
