package lab

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// Forged is a TCP segment that no socket has sent. Its numbers are absolute,
// those of the wire: see [Sequence].
type Forged struct {
	From, To netip.AddrPort // of one family; From need not be here
	Flags    uint8
	Seq, Ack uint32
	Window   uint16 // as it stands in the header: not scaled
	TTL      uint8  // or hop limit; 0 is 64, as Linux has it
	Payload  []byte

	// TSVal and TSEcr are the timestamps option's (RFC 7323 §3). It is left
	// out where both are 0. Linux then takes the segment for a good one even
	// if the connection uses timestamps.
	TSVal, TSEcr uint32

	Mark bool // no [Take] takes it; it is not to be seen on the wire

	BadChecksum bool // the TCP checksum is wrong: the receiver ignores it
}

// Forge sends the segment from a raw socket, as if From had sent it. It comes
// out of lo like any other, past the firewall's hooks. The socket it is for
// has it a little later: as a rule before Forge returns, but for that there is
// no promise. It does not block.
func Forge(f Forged) error {
	const doing = "forge a segment"
	if err := inside(doing); err != nil {
		return err
	}
	datagram, err := f.datagram()
	if err == nil {
		err = sendRaw(datagram, f.To.Addr().Unmap(), f.Mark)
	}
	if err != nil {
		return fmt.Errorf("lab: %s: %w", doing, err)
	}
	return nil
}

// datagram returns the segment in a packet of IP.
func (f Forged) datagram() ([]byte, error) {
	from, to, err := pair(f.From, f.To)
	if err != nil {
		return nil, err
	}
	segment := f.segment(from, to)
	if len(segment) > maxDatagram {
		return nil, invalid("%d octets of payload do not fit a segment", len(f.Payload))
	}
	return packet(from.Addr(), to.Addr(), protocolTCP, f.TTL, segment), nil
}

// segment returns the TCP header and the payload (RFC 9293 §3.1).
func (f Forged) segment(from, to netip.AddrPort) []byte {
	b := binary.BigEndian.AppendUint16(nil, from.Port())
	b = binary.BigEndian.AppendUint16(b, to.Port())
	b = binary.BigEndian.AppendUint32(b, f.Seq)
	b = binary.BigEndian.AppendUint32(b, f.Ack)
	b = append(b, 5<<4, f.Flags)
	b = binary.BigEndian.AppendUint16(b, f.Window)
	b = append(b, 0, 0, 0, 0) // checksum, urgent pointer
	if f.TSVal != 0 || f.TSEcr != 0 {
		b[12] = 8 << 4
		b = append(b, 1, 1, 8, 10) // two NOPs, timestamps, its length
		b = binary.BigEndian.AppendUint32(b, f.TSVal)
		b = binary.BigEndian.AppendUint32(b, f.TSEcr)
	}
	b = append(b, f.Payload...)
	sum := transportChecksum(from.Addr(), to.Addr(), protocolTCP, b)
	if f.BadChecksum {
		sum ^= 0x5555 // never one of the two forms of the same sum
	}
	binary.BigEndian.PutUint16(b[16:], sum)
	return b
}
