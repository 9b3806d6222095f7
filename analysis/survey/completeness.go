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

// note adds what a segment shows. Of a connection's first segment Wireshark
// counts nothing but a SYN.
func (c *Completeness) note(b *capture.Brief, first bool) {
	f := b.Flags
	if first {
		if f&(capture.SYN|capture.ACK) == capture.SYN {
			*c |= SawSYN
			if b.Len > 0 {
				*c |= SawData
			}
		}
		return
	}
	switch f & (capture.SYN | capture.ACK) {
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

// begins reports whether a SYN opens a new connection although r has its
// addresses, by Wireshark's rule.
func (r *record) begins(b *capture.Brief, from int) bool {
	if b.Flags&(capture.SYN|capture.ACK) != capture.SYN {
		return false
	}
	s := &r.sides[from]
	return s.letters&numbered != 0 && (s.start != b.Seq || r.completion&(SawFIN|SawRST) != 0)
}
