package file

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/rstwatch/rstwatch/capture"
)

// The magic numbers of classic pcap: stamps in microseconds, in nanoseconds.
const (
	pcapMicro = 0xA1B2C3D4
	pcapNano  = 0xA1B23C4D
)

// PcapWriter writes a classic pcap file with nanosecond stamps. The format
// holds packets of one link type, and nothing about them.
type PcapWriter struct {
	w       *bufio.Writer
	link    capture.LinkType
	snapLen int
	buf     []byte
}

// NewPcapWriter writes the file header to w and returns a PcapWriter that
// appends to it. It buffers: call Flush at the end. snapLen is the number of
// octets kept of each packet, up to 262144, which 0 stands for.
func NewPcapWriter(w io.Writer, link capture.LinkType, snapLen int) (*PcapWriter, error) {
	if snapLen < 0 || snapLen > maxFrame {
		return nil, fmt.Errorf("file: snap length %d is not within 0 and %d", snapLen, maxFrame)
	}
	if snapLen == 0 {
		snapLen = maxFrame
	}
	if link > math.MaxUint16 {
		return nil, fmt.Errorf("file: link type %d does not fit pcap", link)
	}
	p := &PcapWriter{w: bufio.NewWriterSize(w, 1<<16), link: link, snapLen: snapLen}
	le := binary.LittleEndian
	b := le.AppendUint32(nil, pcapNano)
	b = le.AppendUint16(b, 2) // version 2.4
	b = le.AppendUint16(b, 4)
	b = le.AppendUint64(b, 0) // time zone and accuracy, which nobody sets
	b = le.AppendUint32(b, uint32(snapLen))
	b = le.AppendUint32(b, uint32(link))
	return p, p.write(b)
}

// Packet writes a frame. It returns an error if the frame's link type is not
// the file's, or t is not within 1970 and 2106, which is all that 32 bits of
// seconds can say.
func (p *PcapWriter) Packet(t time.Time, f capture.Frame) error {
	if f.Link != p.link {
		return fmt.Errorf("file: a frame of link type %d in a pcap file of link type %d", f.Link, p.link)
	}
	if err := checkFrame(f, p.snapLen); err != nil {
		return err
	}
	if s := t.Unix(); s < 0 || s > math.MaxUint32 {
		return fmt.Errorf("file: time %v is not within 1970 and 2106", t)
	}
	le := binary.LittleEndian
	b := le.AppendUint32(p.buf[:0], uint32(t.Unix()))
	b = le.AppendUint32(b, uint32(t.Nanosecond()))
	b = le.AppendUint32(b, uint32(len(f.Data)))
	b = le.AppendUint32(b, uint32(f.Wire))
	p.buf = append(b, f.Data...)
	return p.write(p.buf)
}

func (p *PcapWriter) write(b []byte) error {
	if _, err := p.w.Write(b); err != nil {
		return fmt.Errorf("file: write packet: %w", err)
	}
	return nil
}

// Flush writes what is buffered to the underlying writer, which it does not
// close.
func (p *PcapWriter) Flush() error {
	if err := p.w.Flush(); err != nil {
		return fmt.Errorf("file: write packet: %w", err)
	}
	return nil
}
