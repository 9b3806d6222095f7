package survey

import (
	"testing"

	"github.com/rstwatch/rstwatch/capture"
)

// TestCompleteness holds tcp.completeness where tshark -2 (4.0) surprises.
func TestCompleteness(t *testing.T) {
	const syn, ack, fin, rst = capture.SYN, capture.ACK, capture.FIN, capture.RST
	tests := []struct {
		name string
		play func(w *wire)
		want []Completeness
	}{
		{"an ordinary handshake", func(w *wire) { w.handshake(1) }, []Completeness{SawSYN | SawSYNACK | SawACK}},
		{"a SYN alone", func(w *wire) { w.seg(1, true, syn, 100, 0, 0) }, []Completeness{SawSYN}},
		{"a SYN with data alone", func(w *wire) { w.seg(1, true, syn, 100, 0, 5) }, []Completeness{SawSYN | SawData}},
		{"a segment alone", func(w *wire) { w.seg(1, true, ack, 100, 500, 5) }, []Completeness{0}},
		{"a SYN,ACK alone", func(w *wire) { w.seg(1, false, syn|ack, 500, 101, 0) }, []Completeness{0}},
		{"a segment, and another", func(w *wire) {
			w.seg(1, true, ack, 100, 500, 5)
			w.seg(1, false, ack, 500, 105, 0)
		}, []Completeness{SawData | SawACK}},
		{"the SYN after its SYN,ACK", func(w *wire) {
			w.seg(1, false, syn|ack, 500, 101, 0)
			w.seg(1, true, syn, 100, 0, 0)
		}, []Completeness{SawSYNACK}},
		{"a FIN without ACK", func(w *wire) {
			w.handshake(1)
			w.seg(1, true, fin, 101, 0, 0)
		}, []Completeness{SawSYN | SawSYNACK | SawACK}},
		{"a RST,ACK", func(w *wire) {
			w.seg(1, true, syn, 100, 0, 0)
			w.seg(1, false, rst|ack, 0, 101, 0)
		}, []Completeness{SawSYN | SawACK | SawRST}},
		{"addresses used again, with data in the SYN", func(w *wire) {
			w.seg(1, true, syn, 100, 0, 0)
			w.seg(1, true, syn, 9000, 0, 5)
		}, []Completeness{SawSYN, SawSYN}},
	}
	for _, tt := range tests {
		w := wire{t: New(0, nil)}
		tt.play(&w)
		i := 0
		for c := range w.t.Connections() {
			if i >= len(tt.want) || c.Completeness != tt.want[i] {
				t.Errorf("%s: connection %d has %d, want %d", tt.name, i, c.Completeness, tt.want)
			}
			i++
		}
		if i != len(tt.want) {
			t.Errorf("%s: %d connections", tt.name, i)
		}
	}
}
