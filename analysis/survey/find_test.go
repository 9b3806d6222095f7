package survey

import (
	"testing"

	"github.com/rstwatch/rstwatch/capture"
)

// TestFinder: a connection is found by its stream, also where others were closed
// out, and no other is.
func TestFinder(t *testing.T) {
	for _, room := range []int{0, 3} {
		tr := New(room, nil)
		for i := range 10 {
			b := capture.Brief{Src: [16]byte{15: 1}, Dst: [16]byte{15: 2}, SrcPort: uint16(1000 + i), DstPort: 80, Flags: capture.SYN, V6: true}
			tr.Add(int64(i), uint32(i+1), &b)
		}
		held := make(map[uint32]bool)
		f := tr.Finder()
		for want := range tr.Connections() {
			held[want.Stream] = true
			if got, ok := f.Connection(want.Stream); !ok || got.Stream != want.Stream || got.Sides[0].Addr.Port() != uint16(1000+want.Stream) {
				t.Errorf("room for %d: stream %d is %+v, %v", room, want.Stream, got, ok)
			}
		}
		if room > 0 && len(held) != room || room == 0 && len(held) != 10 {
			t.Errorf("room for %d: %d are held", room, len(held))
		}
		for stream := range uint32(12) {
			if c, ok := f.Connection(stream); ok != held[stream] {
				t.Errorf("room for %d: stream %d: %+v, %v", room, stream, c, ok)
			}
		}
	}
}
