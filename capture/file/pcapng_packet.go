package file

import "fmt"

// readEnhanced reads an Enhanced Packet Block.
func (p *pcapng) readEnhanced(b []byte) (Record, error) {
	if len(b) < 20 {
		return Record{}, fmt.Errorf("an enhanced packet block of %d octets", len(b))
	}
	return p.stamped(p.order.Uint32(b), b[4:])
}

// readPacket reads the obsolete Packet Block, whose interface number has 16
// bits, with a count of drops next to it.
func (p *pcapng) readPacket(b []byte) (Record, error) {
	if len(b) < 20 {
		return Record{}, fmt.Errorf("a packet block of %d octets", len(b))
	}
	return p.stamped(uint32(p.order.Uint16(b)), b[4:])
}

// stamped reads what the two have in common: stamp, lengths, data, options.
func (p *pcapng) stamped(number uint32, b []byte) (Record, error) {
	f, err := p.iface(number)
	if err != nil {
		return Record{}, fmt.Errorf("packet: %w", err)
	}
	at, ok := f.clock.at(readStamp(p.order, b))
	if !ok {
		return Record{}, fmt.Errorf("packet: the time %#x is out of range", readStamp(p.order, b))
	}
	kept, wire := p.order.Uint32(b[8:]), p.order.Uint32(b[12:])
	b = b[16:]
	if int64(kept) > int64(len(b)) {
		return Record{}, fmt.Errorf("packet: %d octets kept, of which the block has %d", kept, len(b))
	}
	rec := Record{Time: at, Frame: newFrame(f.Link, b[:kept], wire)}
	for o, err := range options(p.order, b[min(padded(int(kept)), len(b)):]) {
		if err != nil {
			return Record{}, fmt.Errorf("packet: %w", err)
		}
		if o.code == optComment {
			rec.Comments = append(rec.Comments, readText(o.value))
		}
	}
	return rec, nil
}

// readSimple reads a Simple Packet Block: no stamp, no options, and of the
// lengths only the one on the wire. What was kept follows from the snap length
// of interface 0.
func (p *pcapng) readSimple(b []byte) (Record, error) {
	if len(b) < 4 {
		return Record{}, fmt.Errorf("a simple packet block of %d octets", len(b))
	}
	f, err := p.iface(0)
	if err != nil {
		return Record{}, fmt.Errorf("packet: %w", err)
	}
	wire := p.order.Uint32(b)
	kept := int64(wire)
	if f.SnapLen > 0 {
		kept = min(kept, int64(f.SnapLen))
	}
	b = b[4:]
	if kept > int64(len(b)) {
		return Record{}, fmt.Errorf("packet: %d octets kept, of which the block has %d", kept, len(b))
	}
	return Record{Frame: newFrame(f.Link, b[:kept], wire)}, nil
}
