package lab

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// Kinds of ICMP errors, as they stand in the header's type, and the code that
// has an MTU with IPv4.
const (
	ICMPv4Unreachable      uint8 = 3  // RFC 792
	ICMPv4TimeExceeded     uint8 = 11 // RFC 792
	ICMPv4ParameterProblem uint8 = 12 // RFC 792
	ICMPv6Unreachable      uint8 = 1  // RFC 4443 §3.1
	ICMPv6PacketTooBig     uint8 = 2  // RFC 4443 §3.2
	ICMPv6TimeExceeded     uint8 = 3  // RFC 4443 §3.3
	ICMPv6ParameterProblem uint8 = 4  // RFC 4443 §3.4

	FragmentationNeeded uint8 = 4 // a code of ICMPv4Unreachable (RFC 1191 §4)
)

// ICMPError is an ICMP error that no router has sent.
type ICMPError struct {
	From       netip.Addr // who seems to send it; need not be here
	Type, Code uint8
	MTU        uint32 // octets; for FragmentationNeeded (at most 65535) and ICMPv6PacketTooBig
	TTL        uint8  // or hop limit, of the error; 0 is 64

	// Quoted is the segment that the error is about: the error goes to whom it
	// is from. A socket heeds it only if the addresses are its own and Seq is
	// from SND.UNA to SND.NXT (tcp_v4_err, RFC 5927 §4.1).
	Quoted Forged
}

// Room for a quotation: an error is no longer than every host can receive.
const (
	maxICMPv4 = 576 - headerLen4  // RFC 1812 §4.3.2.3
	maxICMPv6 = 1280 - headerLen6 // RFC 4443 §2.4 (c)
)

// ForgeICMP sends the error from a raw socket, as if From had sent it; see
// [Forge].
func ForgeICMP(e ICMPError) error {
	const doing = "forge an ICMP error"
	if err := inside(doing); err != nil {
		return err
	}
	datagram, err := e.datagram()
	if err == nil {
		err = sendRaw(datagram, e.Quoted.From.Addr().Unmap(), e.Quoted.Mark)
	}
	if err != nil {
		return fmt.Errorf("lab: %s: %w", doing, err)
	}
	return nil
}

// check refuses what is no error, and what would lose a part of itself.
func (e ICMPError) check(from, to netip.Addr) error {
	known := e.Type >= ICMPv6Unreachable && e.Type <= ICMPv6ParameterProblem
	sized := e.Type == ICMPv6PacketTooBig
	if to.Is4() {
		known = e.Type == ICMPv4Unreachable || e.Type == ICMPv4TimeExceeded || e.Type == ICMPv4ParameterProblem
		sized = e.Type == ICMPv4Unreachable && e.Code == FragmentationNeeded && e.MTU < 1<<16
	}
	switch {
	case !from.IsValid() || from.Is4() != to.Is4():
		return invalid("%v can not write to %v", e.From, to)
	case !known:
		return invalid("type %d is no error of IPv%d", e.Type, versionOf(to))
	case e.MTU != 0 && !sized:
		return invalid("type %d code %d has no room for an MTU of %d", e.Type, e.Code, e.MTU)
	}
	return nil
}

// datagram returns the error in a packet of IP.
func (e ICMPError) datagram() ([]byte, error) {
	quoted, err := e.Quoted.datagram()
	if err != nil {
		return nil, err
	}
	from, to := e.From.Unmap(), e.Quoted.From.Addr().Unmap()
	if err := e.check(from, to); err != nil {
		return nil, err
	}
	b := binary.BigEndian.AppendUint32([]byte{e.Type, e.Code, 0, 0}, e.MTU)
	b = append(b, quoted...)
	if to.Is4() {
		b = b[:min(len(b), maxICMPv4)]
		binary.BigEndian.PutUint16(b[2:], checksum(b))
		return packet(from, to, protocolICMPv4, e.TTL, b), nil
	}
	b = b[:min(len(b), maxICMPv6)]
	binary.BigEndian.PutUint16(b[2:], transportChecksum(from, to, protocolICMPv6, b))
	return packet(from, to, protocolICMPv6, e.TTL, b), nil
}
