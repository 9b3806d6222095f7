package scene

import (
	"net/netip"
	"testing"

	"github.com/rstwatch/rstwatch/capture"
)

// TestBases: numbers are counted from each connection's own SYN, also between
// addresses that have had one before, and a SYN within a connection changes
// nothing.
func TestBases(t *testing.T) {
	a, b := netip.MustParseAddrPort("127.0.0.1:1"), netip.MustParseAddrPort("127.0.0.1:2")
	segments := []capture.Segment{
		{ID: 1, Src: a, Dst: b, Flags: capture.SYN, Seq: 100},
		{ID: 2, Src: b, Dst: a, Flags: capture.SYN | capture.ACK, Seq: 500, Ack: 101},
		{ID: 3, Src: b, Dst: a, Flags: capture.SYN, Seq: 900},
		{ID: 4, Src: b, Dst: a, Flags: capture.ACK, Seq: 501, Ack: 101},
		{ID: 5, Src: b, Dst: a, Flags: capture.RST, Seq: 501},
		{ID: 6, Src: a, Dst: b, Flags: capture.SYN, Seq: 3000},
		{ID: 7, Src: b, Dst: a, Flags: capture.SYN | capture.ACK, Seq: 7000, Ack: 3001},
		{ID: 8, Src: a, Dst: b, Flags: capture.ACK, Seq: 3001, Ack: 7001},
	}
	got := bases(segments)
	for id, want := range map[int][2]capture.Seq{
		1: {100, 0}, 2: {500, 100}, 4: {500, 100}, 5: {500, 100}, 7: {7000, 3000}, 8: {3000, 7000},
	} {
		if got[id] != want {
			t.Errorf("#%d: counted from %v, want %v", id, got[id], want)
		}
	}
}
