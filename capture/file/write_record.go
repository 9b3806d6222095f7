package file

import (
	"fmt"
	"time"

	"github.com/rstwatch/rstwatch/capture"
)

// Packet writes a frame with its comments as an Enhanced Packet Block. A
// comment longer than 65535 octets is cut, what is not UTF-8 in it is
// replaced, and an empty one is left out. t is written with nanoseconds and
// must lie between 1970 and 2262.
//
// A frame whose link type is not the header's gets an interface of its own.
// Wireshark reads such a file, tcpdump does not.
func (w *Writer) Packet(t time.Time, f capture.Frame, comments ...string) error {
	stamp, err := nanoseconds(t)
	if err != nil {
		return err
	}
	if err := checkFrame(f, w.h.SnapLen); err != nil {
		return err
	}
	n, err := w.interfaceFor(f.Link)
	if err != nil {
		return err
	}
	return w.enhanced(n, stamp, f, comments)
}

// PacketOf writes a frame of interface n, as [Writer.Describe] has numbered it
// and NewWriter has number 0, captured nanos nanoseconds after 1970; see
// [Writer.Packet].
func (w *Writer) PacketOf(n int, nanos int64, f capture.Frame, comments ...string) error {
	if n < 0 || n >= len(w.ifaces) || w.ifaces[n].link != f.Link {
		return fmt.Errorf("file: there is no interface %d of link type %d", n, f.Link)
	}
	if nanos < 0 {
		return fmt.Errorf("file: time %d ns is before 1970", nanos)
	}
	if err := checkFrame(f, w.ifaces[n].snapLen); err != nil {
		return err
	}
	return w.enhanced(n, uint64(nanos), f, comments)
}

// enhanced writes an Enhanced Packet Block.
func (w *Writer) enhanced(n int, stamp uint64, f capture.Frame, comments []string) error {
	b := startBlock(w.buf, blockEnhanced)
	b.u32(uint32(n))
	b.stamp(stamp)
	b.u32(uint32(len(f.Data)))
	b.u32(uint32(f.Wire))
	b.bytes(f.Data)
	size := len(b)
	for _, c := range comments {
		b.text(optComment, c)
	}
	if len(b) > size {
		b.endOptions()
	}
	return w.write(b)
}

// checkFrame reports a frame that a file can not hold.
func checkFrame(f capture.Frame, snapLen int) error {
	if len(f.Data) > snapLen {
		return fmt.Errorf("file: a frame of %d octets does not fit the snap length, %d", len(f.Data), snapLen)
	}
	if f.Wire < len(f.Data) || int64(f.Wire) > 1<<32-1 {
		return fmt.Errorf("file: a frame of %d octets can not have had %d on the wire", len(f.Data), f.Wire)
	}
	return nil
}

// Journal writes a journal entry as a systemd Journal Export Block. The first
// field must be [RealtimeTimestamp]; names are made of A–Z, 0–9 and _, up to
// 64 characters, and do not start with a digit. Values may hold any octets;
// see [Field] for what Wireshark makes of them.
func (w *Writer) Journal(fields []Field) error {
	b := startBlock(w.buf, blockJournal)
	body, err := appendEntry(b, fields)
	if err != nil {
		return fmt.Errorf("file: %w", err)
	}
	b = body
	b.pad()
	return w.write(b)
}

// Stats writes the counters of a capture from start to end as an Interface
// Statistics Block of the header's interface; it belongs at the end of the
// file. A zero start is left out.
//
// The interface received what was delivered and what was dropped, as libpcap
// counts on Linux. The drops stand as isb_ifdrop, where Wireshark looks for
// them, wherever the kernel lost them.
func (w *Writer) Stats(start, end time.Time, s capture.Stats) error {
	last, err := nanoseconds(end)
	if err != nil {
		return err
	}
	b := startBlock(w.buf, blockStatistics)
	b.u32(0)
	b.stamp(last)
	if !start.IsZero() {
		first, err := nanoseconds(start)
		if err != nil {
			return err
		}
		b.instant(optStatisticsStart, first)
	}
	b.instant(optStatisticsEnd, last)
	b.counter(optStatisticsReceived, s.Delivered+s.Dropped)
	b.counter(optStatisticsDropped, s.Dropped)
	b.counter(optStatisticsDelivered, s.Delivered)
	b.endOptions()
	return w.write(b)
}

// Flush writes what is buffered to the underlying writer, which it does not
// close. Call it at the end, or after each record for a reader that follows.
func (w *Writer) Flush() error {
	if err := w.w.Flush(); err != nil {
		return fmt.Errorf("file: write: %w", err)
	}
	return nil
}
