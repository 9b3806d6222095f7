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

// shown is what a segment shows that has these flags, but for a SYN that may open a
// connection: first without payload, then with.
var shown = showing()

// telling are the flags that a segment shows anything by.
const telling = capture.SYN | capture.FIN | capture.RST | capture.ACK

func showing() (list [2][telling + 1]Completeness) {
	for carries := range list {
		for i := range list[carries] {
			f, c := capture.Flags(i), &list[carries][i]
			switch {
			case f.Has(capture.SYN | capture.ACK):
				*c |= SawSYNACK
			case f.Has(capture.ACK):
				*c |= [...]Completeness{SawACK, SawData}[carries]
			}
			if f.Has(capture.FIN | capture.ACK) {
				*c |= SawFIN
			}
			if f.Has(capture.RST) {
				*c |= SawRST
			}
		}
	}
	return list
}

// note adds what a segment shows, wherever it comes.
func (c *Completeness) note(b *capture.Brief) {
	carries := uint32(-b.Len) >> 31 // 1 if there is payload
	*c |= shown[carries][b.Flags&telling]
}

// opens adds what a segment shows that opens the connection: only there counts a SYN,
// and what it carries (RFC 7413), unless the addresses had been used before.
func (c *Completeness) opens(b *capture.Brief, again bool) {
	if b.Flags&(capture.SYN|capture.ACK) == capture.SYN {
		*c |= SawSYN
		if b.Len > 0 && !again {
			*c |= SawData
		}
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
