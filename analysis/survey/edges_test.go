package survey

import (
	"testing"

	"github.com/rstwatch/rstwatch/capture"
)

// TestEdges holds what becomes of captures that are not whole, in order or
// usual: how many connections there are, and conn_state and history of the first
// and of the last.
func TestEdges(t *testing.T) {
	const syn, ack, fin, rst = capture.SYN, capture.ACK, capture.FIN | capture.ACK, capture.RST
	const synack = capture.SYN | capture.ACK
	ends := func(w *wire) { // both sides, of a connection without data
		w.seg(1, true, fin, 101, 501, 0)
		w.seg(1, false, fin, 501, 102, 0)
		w.seg(1, true, ack, 102, 502, 0)
	}
	tests := []struct {
		name        string
		play        func(w *wire)
		connections int
		first, last string
	}{
		{"begins in the middle", func(w *wire) {
			w.seg(1, true, ack, 101, 501, 5)
			w.seg(1, false, ack, 501, 106, 7)
			w.seg(1, false, fin, 508, 106, 0)
			w.seg(1, true, fin, 106, 509, 0)
		}, 1, "SF DdfF", ""},
		{"begins in the middle, with the server's segment", func(w *wire) {
			w.seg(1, false, ack, 501, 106, 7)
			w.seg(1, true, rst, 106, 0, 0)
		}, 1, "OTH ^dR", ""},
		{"ends in the middle", func(w *wire) {
			w.handshake(1)
			w.seg(1, true, ack, 101, 501, 5)
		}, 1, "S1 ShAD", ""},
		{"the client's direction only", func(w *wire) {
			w.seg(1, true, syn, 100, 0, 0)
			w.seg(1, true, ack, 101, 501, 0)
			w.seg(1, true, ack, 101, 501, 5)
			w.seg(1, true, fin, 106, 501, 0)
		}, 1, "SH SADF", ""},
		{"the server's direction only", func(w *wire) {
			w.seg(1, false, synack, 500, 101, 0)
			w.seg(1, false, ack, 501, 106, 7)
			w.seg(1, false, fin, 508, 106, 0)
		}, 1, "SHR ^hdf", ""},
		{"every frame twice", func(w *wire) {
			for _, f := range []capture.Flags{syn, synack} {
				for range 2 {
					w.seg(1, f == syn, f, map[bool]capture.Seq{true: 100, false: 500}[f == syn], 101, 0)
				}
			}
			for range 2 {
				w.seg(1, true, ack, 101, 501, 5)
			}
			for range 2 {
				w.seg(1, true, fin, 106, 501, 0)
			}
			for range 2 {
				w.seg(1, false, rst, 501, 0, 0)
			}
		}, 1, "RSTR ShDTFr", ""},
		{"data overtakes data", func(w *wire) {
			w.handshake(1)
			w.seg(1, true, ack, 106, 501, 5)
			w.seg(1, true, ack, 101, 501, 5)
			w.seg(1, false, ack, 501, 111, 0)
		}, 1, "S1 ShADTa", ""},
		{"the SYN,ACK overtakes the SYN", func(w *wire) {
			w.seg(2, false, synack, 500, 101, 0)
			w.seg(2, true, syn, 100, 0, 0)
			w.seg(2, true, ack, 101, 501, 0)
		}, 1, "OTH ^hSA", ""},
		{"a retransmission, with more behind it", func(w *wire) {
			w.handshake(1)
			w.seg(1, true, ack, 101, 501, 5)
			w.seg(1, true, ack, 101, 501, 50)
			w.seg(1, false, ack, 501, 151, 0)
		}, 1, "S1 ShADa", ""},
		{"150,000 octets at once", func(w *wire) {
			w.handshake(1)
			w.seg(1, true, ack, 101, 501, 150_000)
			w.seg(1, false, ack, 501, 150_101, 0)
		}, 1, "S1 ShADa", ""},
		{"the sequence number wraps", func(w *wire) {
			w.seg(1, true, syn, 0xfffffff0, 0, 0)
			w.seg(1, false, synack, 0xffffffff, 0xfffffff1, 0)
			w.seg(1, true, ack, 0xfffffff1, 0, 30)
			w.seg(1, false, ack, 0, 15, 30)
			w.seg(1, true, fin, 15, 30, 0)
			w.seg(1, false, fin, 30, 16, 0)
		}, 1, "SF ShDdFf", ""},
		{"a RST before the SYN", func(w *wire) {
			w.seg(1, true, rst, 77, 0, 0)
			w.seg(1, true, syn, 100, 0, 0)
			w.seg(1, false, synack, 500, 101, 0)
		}, 2, "OTH R", "S1 Sh"},
		{"a simultaneous open", func(w *wire) {
			w.seg(1, true, syn, 100, 0, 0)
			w.seg(1, false, syn, 500, 0, 0)
			w.seg(1, true, synack, 100, 501, 0)
			w.seg(1, false, synack, 500, 101, 0)
		}, 1, "S1 Ss", ""},
		{"used again after a close", func(w *wire) {
			w.handshake(1)
			ends(w)
			w.seg(1, true, syn, 90_000, 0, 0)
			w.seg(1, false, synack, 70_000, 90_001, 0)
		}, 2, "SF ShAFf", "S1 Sh"},
		{"used again by the other side", func(w *wire) {
			w.handshake(1)
			ends(w)
			w.seg(1, false, syn, 90_000, 0, 0)
			w.seg(1, true, rst|capture.ACK, 0, 90_001, 0)
		}, 2, "SF ShAFf", "REJ Sr"},
		{"used again while it lives: half-open", func(w *wire) {
			w.handshake(1)
			w.seg(1, true, syn, 90_000, 0, 0)
			w.seg(1, false, ack, 501, 101, 0)
			w.seg(1, true, rst, 101, 0, 0)
			w.seg(1, true, syn, 90_000, 0, 0)
			w.seg(1, false, synack, 70_000, 90_001, 0)
		}, 2, "S1 ShA", "RSTO SaRh"},
		{"a SYN in TIME-WAIT gets an ACK", func(w *wire) {
			w.handshake(1)
			ends(w)
			w.seg(1, false, syn, 400, 0, 0)
			w.seg(1, true, ack, 102, 502, 0)
		}, 2, "SF ShAFf", "S0 Sa"},
	}
	for _, tt := range tests {
		w := wire{t: New(0, nil)}
		tt.play(&w)
		var got []string
		for c := range w.t.Connections() {
			got = append(got, c.State+" "+c.History)
		}
		if len(got) != tt.connections || got[0] != tt.first || tt.last != "" && got[len(got)-1] != tt.last {
			t.Errorf("%s: %q, want %d, %q, %q", tt.name, got, tt.connections, tt.first, tt.last)
		}
	}
}
