package file

import "fmt"

// readEnhanced reads an Enhanced Packet Block.
func (p *pcapng) readEnhanced(b []byte, out *Packet, x *extra) error {
	if len(b) < 20 {
		return fmt.Errorf("an enhanced packet block of %d octets", len(b))
	}
	return p.stamped(p.order.Uint32(b), b[4:], out, x)
}

// readPacket reads the obsolete Packet Block, whose interface number has 16
// bits, with a count of drops next to it.
func (p *pcapng) readPacket(b []byte, out *Packet, x *extra) error {
	if len(b) < 20 {
		return fmt.Errorf("a packet block of %d octets", len(b))
	}
	return p.stamped(uint32(p.order.Uint16(b)), b[4:], out, x)
}

// stamped reads what the two have in common: stamp, lengths, data, options.
func (p *pcapng) stamped(number uint32, b []byte, out *Packet, x *extra) error {
	f, err := p.iface(number)
	if err != nil {
		return fmt.Errorf("packet: %w", err)
	}
	nanos, ok := f.clock.nanos(readStamp(p.order, b))
	if !ok {
		return fmt.Errorf("packet: the time %#x is out of range", readStamp(p.order, b))
	}
	kept, wire := p.order.Uint32(b[8:]), p.order.Uint32(b[12:])
	b = b[16:]
	if int64(kept) > int64(len(b)) {
		return fmt.Errorf("packet: %d octets kept, of which the block has %d", kept, len(b))
	}
	p.fill(out, f, b[:kept], wire)
	out.Nanos, out.Interface = nanos, p.first+int(number)
	*x = extra{order: p.order, options: b[min(padded(int(kept)), len(b)):]}
	if len(x.options) == 0 {
		return nil
	}
	// Whoever asks for no option still learns that one is broken.
	for _, err := range options(p.order, x.options) {
		if err != nil {
			return fmt.Errorf("packet: %w", err)
		}
	}
	return nil
}

// readSimple reads a Simple Packet Block: no stamp, no options, and of the
// lengths only the one on the wire. What was kept follows from the snap length
// of interface 0.
func (p *pcapng) readSimple(b []byte, out *Packet, x *extra) error {
	if len(b) < 4 {
		return fmt.Errorf("a simple packet block of %d octets", len(b))
	}
	f, err := p.iface(0)
	if err != nil {
		return fmt.Errorf("packet: %w", err)
	}
	wire := p.order.Uint32(b)
	kept := int64(wire)
	if f.SnapLen > 0 {
		kept = min(kept, int64(f.SnapLen))
	}
	b = b[4:]
	if kept > int64(len(b)) {
		return fmt.Errorf("packet: %d octets kept, of which the block has %d", kept, len(b))
	}
	p.fill(out, f, b[:kept], wire)
	out.Nanos, out.Interface = 0, p.first
	*x = extra{unstamped: true}
	return nil
}

// fill sets what all packets have. Some writers put a length on the wire that
// is less than what they kept.
func (p *pcapng) fill(out *Packet, f *iface, data []byte, wire uint32) {
	out.Link, out.Data, out.Wire = f.Link, data, max(int(wire), len(data))
}
