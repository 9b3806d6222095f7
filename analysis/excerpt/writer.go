package excerpt

import (
	"fmt"
	"io"
	"time"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
	"github.com/rstwatch/rstwatch/capture/redact"
)

// Options say how an excerpt is written.
type Options struct {
	Application string // that writes it
	Comment     string // on the excerpt as a whole
	// Classic asks for classic nanosecond pcap instead of pcapng: one link type,
	// no comments, no names.
	Classic bool
	// Redact, if it is not nil, redacts each frame. The names and the capture
	// filters of interfaces are then left out too.
	Redact *redact.Redactor
}

// LinkError reports that a classic capture was to hold frames of two link types.
type LinkError struct{ First, Second capture.LinkType }

func (e *LinkError) Error() string {
	return fmt.Sprintf("frames of link type %d and of %d do not fit into one pcap file", e.First, e.Second)
}

// maxSnap is what libpcap and Wireshark take for a frame, MAXIMUM_SNAPLEN.
const maxSnap = 262144

// Writer writes an excerpt. It must not be used by two goroutines at a time.
type Writer struct {
	w      io.Writer
	o      Options
	frames uint32
	known  map[port]int // the interfaces described

	ng    *file.Writer // one of the two, from the first frame on
	plain *file.PcapWriter
	link  capture.LinkType // of plain
}

// port is what tells interfaces of the excerpt apart.
type port struct {
	name, filter string
	link         capture.LinkType
	snapLen      int
}

// New returns a Writer that writes to w, with the first frame or at the end, and
// does not close it.
func New(w io.Writer, o Options) *Writer { return &Writer{w: w, o: o, known: make(map[port]int)} }

// Frames returns how many frames were written, which is the number of the last.
func (w *Writer) Frames() uint32 { return w.frames }

// Frame writes the packet p, captured on the interface in, with its comments.
// Its stamp and its lengths stay as they are; of more than 262144 octets the rest
// is cut off. The error is a [*LinkError], one of the underlying writer, or one of
// [redact.Redactor.Frame].
func (w *Writer) Frame(in *file.InterfaceStats, p *file.Packet, comments ...string) error {
	f := capture.Frame{Link: p.Link, Data: p.Data[:min(len(p.Data), maxSnap)], Wire: p.Wire}
	if w.o.Redact != nil {
		var err error
		if f, err = w.o.Redact.Frame(f); err != nil {
			return err
		}
	}
	if err := w.write(in, p.Nanos, f, comments); err != nil {
		return err
	}
	w.frames++
	return nil
}

func (w *Writer) write(in *file.InterfaceStats, nanos int64, f capture.Frame, comments []string) error {
	if w.o.Classic {
		if err := w.openPlain(f.Link); err != nil {
			return err
		}
		return w.plain.Packet(time.Unix(0, nanos), f)
	}
	n, err := w.port(in, len(f.Data), f.Link)
	if err != nil {
		return err
	}
	return w.ng.PacketOf(n, nanos, f, comments...)
}

// openPlain begins a classic file, or holds the one that is begun against link.
func (w *Writer) openPlain(link capture.LinkType) (err error) {
	if w.plain == nil {
		w.plain, err = file.NewPcapWriter(w.w, link, 0)
		w.link = link
	} else if link != w.link {
		err = &LinkError{w.link, link}
	}
	return err
}

// port returns the number of an interface like in, for a frame of size octets.
// Some files keep more of a frame than their snap length says: such a frame gets
// an interface that does not say so.
func (w *Writer) port(in *file.InterfaceStats, size int, link capture.LinkType) (int, error) {
	p := port{in.Name, in.Filter, link, in.SnapLen}
	if w.o.Redact != nil {
		p.name, p.filter = "", ""
	}
	if p.snapLen <= 0 || p.snapLen > maxSnap || size > p.snapLen {
		p.snapLen = maxSnap
	}
	n, ok := w.known[p]
	if ok {
		return n, nil
	}
	var err error
	if w.ng == nil {
		err = w.openNG(p)
	} else {
		n, err = w.ng.Describe(file.InterfaceStats{Name: p.name, Link: p.link, SnapLen: p.snapLen, Filter: p.filter})
	}
	if err == nil {
		w.known[p] = n
	}
	return n, err
}

func (w *Writer) openNG(p port) (err error) {
	w.ng, err = file.NewWriter(w.w, file.Header{Application: w.o.Application, Comment: w.o.Comment,
		Interface: p.name, Link: p.link, SnapLen: p.snapLen, Filter: p.filter})
	return err
}

// Close ends the excerpt, which without a frame is a capture without frames. It
// does not close the underlying writer.
func (w *Writer) Close() error {
	switch {
	case w.plain != nil:
		return w.plain.Flush()
	case w.ng != nil:
		return w.ng.Flush()
	case w.o.Classic:
		if err := w.openPlain(capture.LinkEthernet); err != nil {
			return err
		}
		return w.plain.Flush()
	}
	if err := w.openNG(port{link: capture.LinkEthernet}); err != nil {
		return err
	}
	return w.ng.Flush()
}
