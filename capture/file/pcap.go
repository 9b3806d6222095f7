package file

import (
	"errors"
	"fmt"
	"io"

	"github.com/rstwatch/rstwatch/capture"
)

// pcapMagic reads the first four octets of a classic pcap file: whether its
// numbers are little-endian or big-endian, and its stamps nanoseconds.
func pcapMagic(b []byte) (o order, nano, ok bool) {
	for _, big := range []bool{false, true} {
		o.big = big
		switch o.Uint32(b) {
		case pcapMicro:
			return o, false, true
		case pcapNano:
			return o, true, true
		}
	}
	return o, false, false
}

// packetHeader is the octets in front of a packet in a classic file.
const packetHeader = 16

// pcap reads a classic pcap file (draft-ietf-opsawg-pcap).
type pcap struct {
	src   *source
	order order
	unit  int64 // of the fraction in a stamp, in nanoseconds
	iface InterfaceStats
	most  uint32 // octets kept of a packet
	hand  Packet // what each hands over
	// swapped says that the two lengths of a packet may have changed places.
	swapped bool
}

func openPcap(src *source, order order, nano bool) (format, error) {
	b, err := src.peek(24)
	if err != nil {
		return nil, broken(0, "the file header", err)
	}
	major, minor := order.Uint16(b[4:]), order.Uint16(b[6:])
	if major != 2 || minor > 4 {
		return nil, &FormatError{Msg: fmt.Sprintf("pcap version %d.%d, not 2.4", major, minor)}
	}
	p := &pcap{src: src, order: order, unit: 1000}
	if nano {
		p.unit = 1
	}
	// Until 2.3 the length on the wire came first, and some writers of 2.3 had
	// it already the way of 2.4.
	p.swapped = minor < 4
	p.iface.SnapLen = int(order.Uint32(b[16:]))
	// The six bits on top tell the length of the frame check sequence.
	p.iface.Link = capture.LinkType(order.Uint32(b[20:]) & 0x03ffffff)
	// Some files keep more than their snap length says, but not more than any
	// tool would.
	p.most = uint32(max(maxFrame, min(order.Uint32(b[16:]), maxBlock)))
	src.skip(24)
	return p, nil
}

func (p *pcap) next(out *Packet, _ *extra) error {
	start := p.src.offset()
	b, err := p.src.peek(packetHeader)
	if err != nil {
		if errors.Is(err, io.EOF) {
			return io.EOF
		}
		return broken(start, "a packet's header", err)
	}
	kept, wire := p.order.Uint32(b[8:]), p.order.Uint32(b[12:])
	if p.swapped && kept > wire {
		kept, wire = wire, kept
	}
	if kept > p.most {
		return &FormatError{Offset: start, Msg: fmt.Sprintf("a packet of %d octets, of which %d are kept: more than %d", wire, kept, p.most)}
	}
	n := packetHeader + int(kept)
	if b, err = p.src.peek(n); err != nil {
		return broken(start, "a packet", err)
	}
	p.src.skip(n)
	out.Link = p.iface.Link
	out.Nanos = int64(p.order.Uint32(b))*1e9 + int64(p.order.Uint32(b[4:]))*p.unit
	out.Data = b[packetHeader:]
	// Some writers put a length on the wire that is less than what they kept.
	out.Wire = int(max(wire, kept))
	out.Interface = 0
	out.Offset = start
	return nil
}

// each is next for what is in the window: one loop, in which the processor looks for
// the next packet while take is at work on one. Where a packet is broken, or not whole,
// it stops.
func (p *pcap) each(take func(*Packet) bool) int {
	if p.swapped {
		return 0
	}
	b, at := p.src.ahead(), p.src.offset()
	out := &p.hand
	out.Link = p.iface.Link
	n := 0
	for more := true; more && len(b) >= packetHeader; n++ {
		h := b[:packetHeader:packetHeader]
		kept, wire := p.order.Uint32(h[8:]), p.order.Uint32(h[12:])
		if kept > p.most || int(kept) > len(b)-packetHeader {
			break
		}
		end := packetHeader + int(kept)
		out.Nanos = int64(p.order.Uint32(h))*1e9 + int64(p.order.Uint32(h[4:]))*p.unit
		out.Data, out.Wire, out.Offset = b[packetHeader:end], int(max(wire, kept)), at
		more = take(out)
		b, at = b[end:], at+int64(end)
	}
	p.src.skip(int(at - p.src.offset()))
	return n
}

func (p *pcap) stats() []InterfaceStats { return []InterfaceStats{p.iface} }

func (p *pcap) described(int) *InterfaceStats { return &p.iface }

func (p *pcap) section() section { return section{} }
