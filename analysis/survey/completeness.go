package survey

import "github.com/rstwatch/rstwatch/capture"

// Completeness says which parts of a connection's life a capture holds, in the
// bits of Wireshark's tcp.completeness.
type Completeness uint8

// The parts.
const (
	SawSYN Completeness = 1 << iota
	SawSYNACK
	SawACK
	SawData
	SawFIN
	SawRST
)

// note adds what a segment shows. A SYN counts only where it opens the
// connection; so does what it carries (RFC 7413), unless the addresses had been
// used before.
func (c *Completeness) note(b *capture.Brief, opens, again bool) {
	f := b.Flags
	switch f & (capture.SYN | capture.ACK) {
	case capture.SYN:
		if opens {
			*c |= SawSYN
			if b.Len > 0 && !again {
				*c |= SawData
			}
		}
	case capture.SYN | capture.ACK:
		*c |= SawSYNACK
	case capture.ACK:
		if b.Len > 0 {
			*c |= SawData
		} else {
			*c |= SawACK
		}
	}
	if f.Has(capture.FIN | capture.ACK) {
		*c |= SawFIN
	}
	if f.Has(capture.RST) {
		*c |= SawRST
	}
}

// completeness is what tcp.completeness is on the connection's last segment, in
// a second reading: tshark -2. The first segment counts only where another
// follows, but for a SYN.
func (r *record) completeness() Completeness {
	switch {
	case r.sides[0].packets+r.sides[1].packets > 1:
		return r.completion
	case r.marks&began != 0:
		return r.completion & (SawSYN | SawData)
	}
	return 0
}

// begins reports whether a SYN opens a new connection although r has its
// addresses, by Wireshark's rule: its number is not that of the connection's. A
// SYN that comes again after a RST belongs to the attempt that the RST was about
// (RFC 9293 §3.5.1, half-open connections).
func (r *record) begins(b *capture.Brief, from int) bool {
	s := &r.sides[from]
	return b.Flags&(capture.SYN|capture.ACK) == capture.SYN && s.letters&numbered != 0 && s.start != b.Seq
}
