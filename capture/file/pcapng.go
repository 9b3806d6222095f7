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
	order  order
	head   section
	ifaces []iface // of all sections
	first  int     // the place in ifaces of the section's interface 0
	texts  int     // octets of the interfaces' names and filters
	hand   Packet  // what each hands over
}

// iface is an interface that the file describes.
type iface struct {
	InterfaceStats
	clock clock
}

// What a file made of descriptions alone can take is bounded: how many
// interfaces there are, and how many octets their names and filters have.
const (
	maxInterfaces = 1 << 16
	maxTexts      = 16 << 20
)

func openPcapng(src *source) (format, error) {
	p := &pcapng{src: src}
	typ, body, err := p.block(0)
	if err != nil {
		return nil, err
	}
	if _, err := p.record(typ, body, nil, nil); err != nil {
		return nil, &FormatError{Msg: err.Error()}
	}
	return p, nil
}

func (p *pcapng) next(out *Packet, x *extra) error {
	for {
		start := p.src.offset()
		typ, body, err := p.block(start)
		if err != nil {
			return err
		}
		ok, err := p.record(typ, body, out, x)
		if err != nil {
			return &FormatError{Offset: start, Msg: err.Error()}
		}
		if ok {
			out.Offset = start
			return nil
		}
	}
}

// each is next for the enhanced packet blocks that follow one another in the
// window. Any other block, or one that is broken, it leaves to next.
func (p *pcapng) each(take func(*Packet) bool) int {
	var x extra
	n := 0
	for more := true; more; n++ {
		b := p.src.ahead()
		if len(b) < blockOverhead || p.order.Uint32(b) != blockEnhanced {
			break
		}
		length := p.order.Uint32(b[4:])
		if length < blockOverhead || length > maxBlock || length%4 != 0 || int(length) > len(b) ||
			p.order.Uint32(b[length-4:]) != length || p.readEnhanced(b[8:length-4], &p.hand, &x) != nil {
			break
		}
		p.hand.Offset = p.src.offset()
		p.src.skip(int(length))
		more = take(&p.hand)
	}
	return n
}

// block reads the block that starts at the given offset and returns its type
// and body, valid until the next call; io.EOF if there is none.
func (p *pcapng) block(start int64) (typ uint32, body []byte, err error) {
	b, err := p.src.peek(8)
	if err != nil {
		if errors.Is(err, io.EOF) {
			return 0, nil, io.EOF
		}
		return 0, nil, broken(start, "a block", err)
	}
	if binary.LittleEndian.Uint32(b) == blockSection {
		// The length may be in another byte order than the section before.
		if p.order, err = p.sectionOrder(start); err != nil {
			return 0, nil, err
		}
		b = p.src.buf[p.src.pos:] // the window may have moved
	}
	typ, length := p.order.Uint32(b), p.order.Uint32(b[4:])
	if length < blockOverhead || length > maxBlock || length%4 != 0 {
		return 0, nil, &FormatError{Offset: start, Msg: fmt.Sprintf("a block of type %#x and %d octets", typ, length)}
	}
	if b, err = p.src.peek(int(length)); err != nil {
		return 0, nil, broken(start, "a block", err)
	}
	p.src.skip(int(length))
	end := len(b) - 4
	if again := p.order.Uint32(b[end:]); again != length {
		return 0, nil, &FormatError{Offset: start, Msg: fmt.Sprintf("a block that says %d octets at its start and %d at its end", length, again)}
	}
	return typ, b[8:end], nil
}

// sectionOrder looks at the byte-order magic of the section header that starts
// at the given offset, where the source is.
func (p *pcapng) sectionOrder(start int64) (order, error) {
	b, err := p.src.peek(12)
	if err != nil {
		return order{}, broken(start, "a section header", err)
	}
	for _, o := range []order{{}, {big: true}} {
		if o.Uint32(b[8:]) == byteOrderMagic {
			return o, nil
		}
	}
	return order{}, &FormatError{Offset: start, Msg: fmt.Sprintf("a section header whose byte order is % x", b[8:])}
}

// record reads the body of a block into out and x. ok is false if the block is
// not a record but tells something of others, or is of a type unknown here.
func (p *pcapng) record(typ uint32, body []byte, out *Packet, x *extra) (ok bool, err error) {
	switch typ {
	case blockEnhanced:
		err = p.readEnhanced(body, out, x)
	case blockSimple:
		err = p.readSimple(body, out, x)
	case blockPacket:
		err = p.readPacket(body, out, x)
	case blockJournal:
		*x = extra{}
		x.time, x.journal, err = parseEntry(body)
	case blockSection:
		return false, p.readSection(body)
	case blockInterface:
		return false, p.readInterface(body)
	case blockStatistics:
		return false, p.readStatistics(body)
	default:
		return false, nil
	}
	return true, err
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

func (p *pcapng) described(place int) *InterfaceStats { return &p.ifaces[place].InterfaceStats }

func (p *pcapng) section() section { return p.head }
