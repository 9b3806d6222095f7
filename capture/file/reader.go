package file

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Reader reads a capture file, pcap or pcapng.
type Reader struct {
	f   format
	err error // what Next returned last, if it was an error
}

// format is one of the two kinds of file.
type format interface {
	// next returns the next record; io.EOF where the file may end.
	next() (Record, error)
	stats() []InterfaceStats
	section() section
}

// section is what a section header says.
type section struct{ os, application, comment string }

// NewReader reads as much of r as tells what it is: classic pcap with stamps
// in microseconds or nanoseconds, or pcapng, each in either byte order. It
// returns a *[FormatError] if it is neither, or an error of r. It buffers, and
// so may read more of r than it returns.
func NewReader(r io.Reader) (*Reader, error) {
	src := &source{r: bufio.NewReaderSize(r, 1<<18)}
	magic, err := src.r.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, broken(0, "the magic number", err)
	}
	switch {
	case len(magic) == 0:
		return nil, &FormatError{Msg: "the file is empty", Err: io.ErrUnexpectedEOF}
	case len(magic) < 4:
		return nil, broken(0, "the magic number", io.EOF)
	case binary.LittleEndian.Uint32(magic) == blockSection:
		return newReader(openPcapng(src))
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		return nil, &FormatError{Msg: "the file is compressed with gzip: unpack it first"}
	}
	if order, nano, ok := pcapMagic(magic); ok {
		return newReader(openPcap(src, order, nano))
	}
	return nil, &FormatError{Msg: fmt.Sprintf("neither pcap nor pcapng: it starts with % x", magic)}
}

func newReader(f format, err error) (*Reader, error) {
	if err != nil {
		return nil, err
	}
	return &Reader{f: f}, nil
}

// Next returns the next record, and io.EOF after the last. Where the file is
// cut off or breaks its format it returns a *[FormatError]; an error of the
// underlying reader comes wrapped. After an error it returns the same again.
// It blocks as the underlying reader does.
func (r *Reader) Next() (Record, error) {
	if r.err != nil {
		return Record{}, r.err
	}
	rec, err := r.f.next()
	if err != nil {
		r.err = err
		return Record{}, err
	}
	return rec, nil
}

// Stats returns what was read so far of the interfaces, in the order in which
// the file describes them; a pcap file has one.
func (r *Reader) Stats() []InterfaceStats { return r.f.stats() }

// Comment returns the comment of the section that was read last, lines joined;
// Application and OS the program that wrote it and the system it ran on. All
// are empty in a pcap file.
func (r *Reader) Comment() string { return r.f.section().comment }

// Application returns the name of the program that wrote the section.
func (r *Reader) Application() string { return r.f.section().application }

// OS returns the name of the system that the section was captured on.
func (r *Reader) OS() string { return r.f.section().os }
