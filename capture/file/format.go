package file

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/rstwatch/rstwatch/capture"
)

// format walks one of the two kinds of file.
type format interface {
	// next puts the next packet into p, or the next journal entry into x, and
	// what else it tells into x. It returns io.EOF where the file may end.
	next(p *Packet, x *extra) error
	// each hands over the packets that come next, have nothing for an extra, and
	// need no move of the window, until take says no; it returns how many.
	each(take func(*Packet) bool) int
	stats() []InterfaceStats
	described(place int) *InterfaceStats // as stats has it
	section() section
}

// Packet is one packet of a capture file, as it lies in the memory of a
// [Scanner].
type Packet struct {
	Link  capture.LinkType
	Nanos int64 // since 1970; 0 for a Simple Packet Block, which has no stamp
	// Data is what was kept of the packet. It is valid until the next call
	// of [Scanner.Next].
	Data      []byte
	Wire      int   // octets that it had on the wire, at least len(Data)
	Interface int   // its place in [Scanner.Stats]
	Offset    int64 // where its record starts in the file, unpacked, in octets
}

// extra is what a walk comes upon and a [Packet] has no room for.
type extra struct {
	order     order
	options   []byte // of the packet, found to be whole
	unstamped bool
	journal   []Field // of a journal entry; nil if it is a packet
	time      time.Time
}

// section is what a section header says.
type section struct{ os, application, comment string }

// open reads as much of r as tells what it is.
func open(r io.Reader) (format, error) {
	raw := &source{r: r}
	magic, err := readMagic(raw)
	if err != nil {
		return nil, err
	}
	src, err := unpacked(raw, magic)
	if err != nil {
		return nil, err
	}
	if src != raw {
		if magic, err = readMagic(src); err != nil {
			return nil, err
		}
	}
	if binary.LittleEndian.Uint32(magic) == blockSection {
		return openPcapng(src)
	}
	if order, nano, ok := pcapMagic(magic); ok {
		return openPcap(src, order, nano)
	}
	return nil, &FormatError{Msg: fmt.Sprintf("neither pcap nor pcapng: it starts with % x", magic)}
}

// readMagic looks at the first four octets.
func readMagic(src *source) ([]byte, error) {
	magic, err := src.peek(4)
	if errors.Is(err, io.EOF) {
		return nil, &FormatError{Msg: "the file is empty", Err: io.ErrUnexpectedEOF}
	}
	if err != nil {
		return nil, broken(0, "the magic number", err)
	}
	return magic, nil
}
