package capture

import "strings"

// Flags are the control bits of a TCP header (RFC 9293 §3.1).
type Flags uint8

// The control bits, at their places in the header.
const (
	FIN Flags = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
	ECE
	CWR
)

// flagNames lists the bits in the order in which people say them:
// "SYN,ACK", "RST,ACK", "FIN,PSH,ACK".
var flagNames = [...]struct {
	bit  Flags
	name string
}{
	{SYN, "SYN"}, {FIN, "FIN"}, {RST, "RST"}, {PSH, "PSH"},
	{ACK, "ACK"}, {URG, "URG"}, {ECE, "ECE"}, {CWR, "CWR"},
}

// Has reports whether all bits of want are set.
func (f Flags) Has(want Flags) bool { return f&want == want }

// String returns the names of the set bits, joined by commas, such as
// "RST,ACK"; "none" if no bit is set. ParseFlags reads it back.
func (f Flags) String() string {
	if f == 0 {
		return "none"
	}
	var names []string
	for _, n := range flagNames {
		if f.Has(n.bit) {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, ",")
}

// ParseFlags reads what [Flags.String] prints, in any order; ok is false for
// anything else.
func ParseFlags(s string) (f Flags, ok bool) {
	if s == "none" {
		return 0, true
	}
next:
	for name := range strings.SplitSeq(s, ",") {
		for _, n := range flagNames {
			if n.name == name {
				f |= n.bit
				continue next
			}
		}
		return 0, false
	}
	return f, true
}
