package survey

import (
	"slices"

	"github.com/rstwatch/rstwatch/capture"
)

// answers reports whether a connection's first segment, which is no SYN, was
// probably sent by the side that was called: its port is a server's and the
// other is not, or both are, and it has the lower one. Zeek's rule
// (likely_server_ports), so that history has its "^" where Zeek's has.
func answers(b *capture.Brief) bool {
	if !isServer(b.SrcPort) {
		return false
	}
	return !isServer(b.DstPort) || !b.Flags.Has(capture.SYN) && b.SrcPort < b.DstPort
}

// flip makes the other side the originator. Which letters the history has is
// remembered by role, as in Zeek (Session::CheckHistory): a side that changes
// its role has all those that the other has had.
func (r *record) flip() {
	r.marks ^= second
	a, b := &r.sides[0], &r.sides[1]
	a.letters, b.letters = b.letters&^numbered|a.letters&numbered, a.letters&^numbered|b.letters&numbered
}

func isServer(port uint16) bool {
	_, ok := slices.BinarySearch(serverPorts[:], port)
	return ok
}

// serverPorts are the TCP ports that Zeek registers for its protocols by
// default (register_for_ports in scripts/base/protocols).
var serverPorts = [...]uint16{
	21, 22, 25, 53, 79, 80, 81, 88, 135, 139, 143, 389, 443, 445, 465, 502, 514, 563, 585, 587, 614, 631, 636,
	989, 990, 992, 993, 995, 1080, 1434, 1883, 2811, 3128, 3268, 3306, 3389, 5222, 5223, 5269, 5432, 6379,
	6666, 6667, 6668, 6669, 8000, 8080, 8888, 20000,
}
