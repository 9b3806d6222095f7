package file

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// pcapng walks the blocks of a pcapng file (draft-ietf-opsawg-pcapng).
type pcapng struct {
	src    *source
	order  binary.ByteOrder
	head   section
	ifaces []iface // of all sections
	first  int     // the place in ifaces of the section's interface 0
}

// iface is an interface that the file describes.
type iface struct {
	InterfaceStats
	clock clock
}

// maxInterfaces bounds what a file made of descriptions alone can take.
const maxInterfaces = 1 << 16

func openPcapng(src *source) (format, error) {
	p := &pcapng{src: src}
	typ, body, err := p.block(0)
	if err != nil {
		return nil, err
	}
	if _, _, err := p.record(typ, body); err != nil {
		return nil, &FormatError{Msg: err.Error()}
	}
	return p, nil
}

func (p *pcapng) next() (Record, error) {
	for {
		start := p.src.offset
		typ, body, err := p.block(start)
		if err != nil {
			return Record{}, err
		}
		rec, ok, err := p.record(typ, body)
		if err != nil {
			return Record{}, &FormatError{Offset: start, Msg: err.Error()}
		}
		if ok {
			rec.Offset = start
			return rec, nil
		}
	}
}

// block reads the block that starts at the given offset and returns its type
// and body, valid until the next call; io.EOF if there is none.
func (p *pcapng) block(start int64) (typ uint32, body []byte, err error) {
	head, err := p.src.read(8)
	if errors.Is(err, io.EOF) {
		return 0, nil, io.EOF
	}
	if err != nil {
		return 0, nil, broken(start, "a block", err)
	}
	if binary.LittleEndian.Uint32(head) == blockSection {
		// The length may be in another byte order than the section before.
		if p.order, err = p.sectionOrder(start); err != nil {
			return 0, nil, err
		}
	}
	typ, length := p.order.Uint32(head), p.order.Uint32(head[4:])
	if length < blockOverhead || length > maxBlock || length%4 != 0 {
		return 0, nil, &FormatError{Offset: start, Msg: fmt.Sprintf("a block of type %#x and %d octets", typ, length)}
	}
	rest, err := p.src.read(int(length) - 8)
	if err != nil {
		return 0, nil, broken(start, "a block", err)
	}
	end := len(rest) - 4
	if again := p.order.Uint32(rest[end:]); again != length {
		return 0, nil, &FormatError{Offset: start, Msg: fmt.Sprintf("a block that says %d octets at its start and %d at its end", length, again)}
	}
	return typ, rest[:end], nil
}

// sectionOrder looks ahead at the byte-order magic of the section header that
// starts at the given offset.
func (p *pcapng) sectionOrder(start int64) (binary.ByteOrder, error) {
	b, err := p.src.r.Peek(4)
	switch {
	case err != nil:
		return nil, broken(start, "a section header", err)
	case binary.LittleEndian.Uint32(b) == byteOrderMagic:
		return binary.LittleEndian, nil
	case binary.BigEndian.Uint32(b) == byteOrderMagic:
		return binary.BigEndian, nil
	}
	return nil, &FormatError{Offset: start, Msg: fmt.Sprintf("a section header whose byte order is % x", b)}
}

// record reads the body of a block. ok is false if the block is not a record
// but tells something of others, or is of a type unknown here.
func (p *pcapng) record(typ uint32, body []byte) (rec Record, ok bool, err error) {
	switch typ {
	case blockSection:
		return rec, false, p.readSection(body)
	case blockInterface:
		return rec, false, p.readInterface(body)
	case blockStatistics:
		return rec, false, p.readStatistics(body)
	case blockEnhanced:
		rec, err = p.readEnhanced(body)
	case blockSimple:
		rec, err = p.readSimple(body)
	case blockPacket:
		rec, err = p.readPacket(body)
	case blockJournal:
		rec.Time, rec.Journal, err = parseEntry(body)
	default:
		return rec, false, nil
	}
	return rec, true, err
}

// iface returns the interface with the given number in this section.
func (p *pcapng) iface(n uint32) (*iface, error) {
	known := p.ifaces[p.first:]
	if int64(n) >= int64(len(known)) {
		return nil, fmt.Errorf("interface %d, of %d that are described", n, len(known))
	}
	return &known[n], nil
}

func (p *pcapng) stats() []InterfaceStats {
	all := make([]InterfaceStats, 0, len(p.ifaces))
	for i := range p.ifaces {
		all = append(all, p.ifaces[i].InterfaceStats)
	}
	return slices.Clip(all)
}

func (p *pcapng) section() section { return p.head }
