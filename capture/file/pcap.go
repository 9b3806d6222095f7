package file

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/rstwatch/rstwatch/capture"
)

// pcapMagic reads the first four octets of a classic pcap file: whether its
// numbers are little-endian or big-endian, and its stamps nanoseconds.
func pcapMagic(b []byte) (order binary.ByteOrder, nano, ok bool) {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		switch order.Uint32(b) {
		case pcapMicro:
			return order, false, true
		case pcapNano:
			return order, true, true
		}
	}
	return nil, false, false
}

// pcap reads a classic pcap file (draft-ietf-opsawg-pcap).
type pcap struct {
	src   *source
	order binary.ByteOrder
	unit  time.Duration // of the fraction in a stamp
	iface InterfaceStats
	// swapped says that the two lengths of a packet may have changed places.
	swapped bool
}

func openPcap(src *source, order binary.ByteOrder, nano bool) (format, error) {
	b, err := src.read(24)
	if err != nil {
		return nil, broken(0, "the file header", err)
	}
	major, minor := order.Uint16(b[4:]), order.Uint16(b[6:])
	if major != 2 || minor > 4 {
		return nil, &FormatError{Msg: fmt.Sprintf("pcap version %d.%d, not 2.4", major, minor)}
	}
	p := &pcap{src: src, order: order, unit: time.Microsecond}
	if nano {
		p.unit = time.Nanosecond
	}
	// Until 2.3 the length on the wire came first, and some writers of 2.3 had
	// it already the way of 2.4.
	p.swapped = minor < 4
	p.iface.SnapLen = int(order.Uint32(b[16:]))
	// The six bits on top tell the length of the frame check sequence.
	p.iface.Link = capture.LinkType(order.Uint32(b[20:]) & 0x03ffffff)
	return p, nil
}

func (p *pcap) next() (Record, error) {
	start := p.src.offset
	b, err := p.src.read(16)
	if errors.Is(err, io.EOF) {
		return Record{}, io.EOF
	}
	if err != nil {
		return Record{}, broken(start, "a packet's header", err)
	}
	seconds, fraction := p.order.Uint32(b), p.order.Uint32(b[4:])
	kept, wire := p.order.Uint32(b[8:]), p.order.Uint32(b[12:])
	if p.swapped && kept > wire {
		kept, wire = wire, kept
	}
	// Some files keep more than their snap length says, but not more than any
	// tool would.
	if most := max(maxFrame, min(p.iface.SnapLen, maxBlock)); int64(kept) > int64(most) {
		return Record{}, &FormatError{Offset: start, Msg: fmt.Sprintf("a packet of %d octets, of which %d are kept: more than %d", wire, kept, most)}
	}
	data, err := p.src.read(int(kept))
	if err != nil {
		return Record{}, broken(start, "a packet", err)
	}
	return Record{
		Time:   time.Unix(int64(seconds), 0).Add(time.Duration(fraction) * p.unit).UTC(),
		Frame:  newFrame(p.iface.Link, data, wire),
		Offset: start,
	}, nil
}

// newFrame copies data. Some writers put a length on the wire that is less
// than what they kept.
func newFrame(link capture.LinkType, data []byte, wire uint32) *capture.Frame {
	return &capture.Frame{
		Link: link,
		Data: append(make([]byte, 0, len(data)), data...),
		Wire: max(int(wire), len(data)),
	}
}

func (p *pcap) stats() []InterfaceStats { return []InterfaceStats{p.iface} }

func (p *pcap) section() section { return section{} }
