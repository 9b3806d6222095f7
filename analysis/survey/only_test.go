package survey

import (
	"slices"
	"testing"

	"github.com/rstwatch/rstwatch/capture"
)

// A survey of some connections sums up those, also where others are closed out
// to make room, and keeps the streams' numbers.
func TestOnly(t *testing.T) {
	for _, room := range []int{0, 2} {
		var given []uint32
		w := &wire{t: New(room, func(c Connection) { given = append(given, c.Stream) })}
		w.t.Only(func(stream uint32) bool { return stream%2 == 1 })
		for n := range 6 {
			w.handshake(n)
			w.seg(n, false, capture.RST, 501, 0, 0)
			about := capture.Brief{Quoted: true, Src: clientAddr(n), SrcPort: uint16(n), Dst: serverAddr, DstPort: 443}
			if got := w.t.Add(second0, w.frame, &about); got != uint32(n) {
				t.Errorf("the ICMP error is about stream %d, not %d", n, got)
			}
		}
		for c := range w.t.Connections() {
			given = append(given, c.Stream)
		}
		if want := []uint32{1, 3, 5}; !slices.Equal(given, want) {
			t.Errorf("room %d: streams %v, want %v", room, given, want)
		}
		s := w.t.Summary()
		if want := (Segments{Total: 12, SYN: 6, RST: 3}); s.Connections != 3 || s.Of != 6 || s.Segments != want || s.ICMP != 3 ||
			s.Endings[WasReset] != 3 || len(s.Classes) != 1 || s.Classes[0].Connections != 3 {
			t.Errorf("room %d: %+v", room, s)
		}
	}
}

// An ICMP error about none of the connections has no stream.
func TestNoStream(t *testing.T) {
	if got := New(0, nil).Add(0, 1, &capture.Brief{Quoted: true, SrcPort: 1}); got != NoStream {
		t.Errorf("stream %d", got)
	}
}
