package file

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"net/netip"

	"github.com/rstwatch/rstwatch/capture"
)

// Header is what a pcapng file says of itself before its first packet. All
// of it but Link may be left empty.
type Header struct {
	Hardware, OS string // of the machine that captured
	Application  string // that wrote the file
	Comment      string

	Interface string // the interface captured on
	Link      capture.LinkType
	SnapLen   int    // octets kept of each packet, up to 262144; 0 stands for that
	Filter    string // the capture filter, as an expression

	Names map[netip.Addr][]string // names for addresses, which Wireshark shows
}

// Writer writes one section of a pcapng file: blocks in the order of the
// calls, which should be the order of time. A call that returns an error for
// its arguments has written nothing; after an error of the underlying writer
// all later calls return it too.
type Writer struct {
	w      *bufio.Writer
	h      Header
	ifaces []described // interface 0, 1, …
	buf    []byte      // a block's memory, used again
}

// described is an interface that the file has a description of.
type described struct {
	link    capture.LinkType
	snapLen int
}

// NewWriter writes the section header, the interface and the names, if any,
// to w, and returns a Writer that appends to them. It buffers: call Flush at
// the end. It returns an error if a field of h is out of range or w fails.
func NewWriter(w io.Writer, h Header) (*Writer, error) {
	if h.SnapLen < 0 || h.SnapLen > maxFrame {
		return nil, fmt.Errorf("file: snap length %d is not within 0 and %d", h.SnapLen, maxFrame)
	}
	if h.SnapLen == 0 {
		h.SnapLen = maxFrame
	}
	ng := &Writer{w: bufio.NewWriterSize(w, 1<<16), h: h}
	b := startBlock(ng.buf, blockSection)
	b.u32(byteOrderMagic)
	b.u16(1)
	b.u16(0)
	b.u32(math.MaxUint32) // the section's length is not known yet: −1
	b.u32(math.MaxUint32)
	b.text(optSectionHardware, h.Hardware)
	b.text(optSectionOS, h.OS)
	b.text(optSectionApp, h.Application)
	b.text(optComment, h.Comment)
	b.endOptions()
	if err := ng.write(b); err != nil {
		return nil, err
	}
	if _, err := ng.interfaceFor(h.Link); err != nil {
		return nil, err
	}
	if len(h.Names) == 0 {
		return ng, nil
	}
	b, err := namesBlock(ng.buf, h.Names)
	if err != nil {
		return nil, err
	}
	return ng, ng.write(b)
}

// write finishes b and writes it.
func (w *Writer) write(b block) error {
	out := b.finish()
	w.buf = out
	if len(out) > maxBlock {
		return fmt.Errorf("file: a block of %d octets is longer than %d", len(out), maxBlock)
	}
	if _, err := w.w.Write(out); err != nil {
		return fmt.Errorf("file: write block: %w", err)
	}
	return nil
}

// interfaceFor returns the number of the interface with the given link type,
// which it describes first if no frame of that type came yet.
func (w *Writer) interfaceFor(link capture.LinkType) (int, error) {
	for i, known := range w.ifaces {
		if known.link == link {
			return i, nil
		}
	}
	return w.Describe(InterfaceStats{Name: w.h.Interface, Link: link, SnapLen: w.h.SnapLen, Filter: w.h.Filter})
}

// Describe writes an Interface Description Block of i, without its counters,
// and returns the number of the interface, for [Writer.PacketOf]. A snap length
// of 0, or of more than 262144, is written as that.
//
// Wireshark reads a file in which interfaces differ in link type or snap length,
// tcpdump does not.
func (w *Writer) Describe(i InterfaceStats) (int, error) {
	if i.Link > math.MaxUint16 {
		return 0, fmt.Errorf("file: link type %d does not fit pcapng", i.Link)
	}
	if i.SnapLen <= 0 || i.SnapLen > maxFrame {
		i.SnapLen = maxFrame
	}
	b := startBlock(w.buf, blockInterface)
	b.u16(uint16(i.Link))
	b.u16(0)
	b.u32(uint32(i.SnapLen))
	b.text(optInterfaceName, i.Name)
	b.option(optInterfaceResolution, []byte{9}) // 10⁻⁹ s
	if i.Filter != "" {
		// The octet in front says that the filter is text, not byte code.
		b.option(optInterfaceFilter, append([]byte{0}, cleanText(i.Filter, maxOption-1)...))
	}
	b.endOptions()
	if err := w.write(b); err != nil {
		return 0, err
	}
	w.ifaces = append(w.ifaces, described{i.Link, i.SnapLen})
	return len(w.ifaces) - 1, nil
}
