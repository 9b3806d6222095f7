package trace

import (
	"net/netip"

	"github.com/rstwatch/rstwatch/capture"
)

// path is one direction of a connection, by its addresses.
type path struct{ src, dst netip.AddrPort }

// flow is the numbering of one direction.
type flow struct {
	first capture.Seq // what relative number 0 stands for
	fixed bool        // first is known
	next  int         // the relative number that comes next; 0 if nothing has been sent
	known bool        // something but an RST has been sent, or the other side has acknowledged something
}

// answers reports whether an RST,ACK is the answer to a SYN, which has no
// sequence number of its own: such a number is absolute, and 0.
func (f *flow) answers(flags capture.Flags) bool {
	return flags.Has(capture.RST|capture.ACK) && !f.known
}

// relative returns the relative number of seq. Where nothing is known of the
// direction, a SYN is number 0 and anything else number 1.
func (f *flow) relative(seq capture.Seq, syn bool) int {
	if !f.fixed {
		f.first, f.fixed = seq, true
		if !syn {
			f.first = seq.Add(-1)
		}
	}
	return seq.Sub(f.first)
}

// sent notes a segment whose numbers stand.
func (f *flow) sent(s *capture.Segment) {
	if s.Flags.Has(capture.RST) {
		return
	}
	f.known = true
	if end := s.End().Sub(f.first); end > f.next {
		f.next = end
	}
}
