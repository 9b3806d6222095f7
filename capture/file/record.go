package file

import (
	"fmt"
	"time"

	"github.com/rstwatch/rstwatch/capture"
)

// Record is one item of a capture file: a packet, if Frame is not nil, or else
// a journal entry. Its parts are copies that stay valid.
type Record struct {
	// Time is the packet's stamp, or a journal entry's __REALTIME_TIMESTAMP.
	// It is zero for a packet of a Simple Packet Block, which has no stamp.
	Time     time.Time
	Frame    *capture.Frame
	Comments []string // what opt_comment says of the packet
	Journal  []Field  // the fields of a journal entry, in order, repeated ones included
	Offset   int64    // where the record starts in the file, in octets
}

// newRecord copies what a walk came upon.
func newRecord(p *Packet, x *extra) Record {
	if x.journal != nil {
		return Record{Time: x.time, Journal: x.journal, Offset: p.Offset}
	}
	rec := Record{
		Frame:  &capture.Frame{Link: p.Link, Data: append(make([]byte, 0, len(p.Data)), p.Data...), Wire: p.Wire},
		Offset: p.Offset,
	}
	if !x.unstamped {
		rec.Time = time.Unix(0, p.Nanos).UTC()
	}
	for o := range options(x.order, x.options) { // found to be whole
		if o.code == optComment {
			rec.Comments = append(rec.Comments, readText(o.value))
		}
	}
	return rec
}

// InterfaceStats is what a file says of one of the interfaces it was captured
// on. The counters are those of the last Interface Statistics Block read so
// far; they are zero, and Counted is false, until there is one.
type InterfaceStats struct {
	Name    string
	Link    capture.LinkType
	SnapLen int    // octets kept of each packet; 0 means all
	Filter  string // the capture filter, as an expression

	Counted    bool
	Start, End time.Time // of the capture; zero if the file does not say
	Received   uint64    // isb_ifrecv: packets the interface received
	Delivered  uint64    // isb_usrdeliv: packets handed to the capturing program
	Dropped    uint64    // isb_ifdrop + isb_osdrop: lost in the interface or the system
}

// FormatError reports that a file breaks its format. All records before
// Offset were whole.
type FormatError struct {
	Offset int64 // where the broken record or block starts, in octets
	Msg    string
	// Err is io.ErrUnexpectedEOF if the file ends inside a record, as it does
	// when its writer was killed, and nil otherwise.
	Err error
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("capture file broken at octet %d: %s", e.Offset, e.Msg)
}

// Unwrap returns e.Err.
func (e *FormatError) Unwrap() error { return e.Err }
