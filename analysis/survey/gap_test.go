package survey

import (
	"math/rand/v2"
	"testing"

	"github.com/rstwatch/rstwatch/capture"
)

// TestGaps holds the history where captured payload has holes. By Zeek a hole
// counts once it is acknowledged, and each piece of what is missing for itself.
func TestGaps(t *testing.T) {
	const ack, fin, rst = capture.ACK, capture.ACK | capture.FIN, capture.ACK | capture.RST
	tests := []struct {
		name string
		play func(w *wire)
		want string
	}{
		{"none", func(w *wire) {
			w.seg(1, true, ack, 101, 501, 10)
			w.seg(1, false, ack, 501, 111, 0)
		}, "ShADa"},
		{"not yet acknowledged", func(w *wire) {
			w.seg(1, true, ack, 111, 501, 10)
			w.seg(1, false, ack, 501, 101, 0)
		}, "ShADa"},
		{"acknowledged", func(w *wire) {
			w.seg(1, true, ack, 111, 501, 10)
			w.seg(1, false, ack, 501, 121, 0)
		}, "ShADaG"},
		{"filled in time", func(w *wire) {
			w.seg(1, true, ack, 111, 501, 10)
			w.seg(1, true, ack, 101, 501, 10)
			w.seg(1, false, ack, 501, 121, 0)
		}, "ShADTa"},
		{"two, and the first is filled", func(w *wire) {
			w.seg(1, true, ack, 111, 501, 10)
			w.seg(1, true, ack, 131, 501, 10)
			w.seg(1, true, ack, 101, 501, 10)
			w.seg(1, false, ack, 501, 141, 0)
		}, "ShADTaG"},
		{"two pieces, and what joins them", func(w *wire) {
			w.seg(1, true, ack, 111, 501, 10)
			w.seg(1, true, ack, 131, 501, 10)
			w.seg(1, true, ack, 115, 501, 20)
			w.seg(1, true, ack, 101, 501, 10)
			w.seg(1, false, ack, 501, 141, 0)
		}, "ShADTa"},
		{"ten, acknowledged at once", func(w *wire) {
			for i := range 10 {
				w.seg(1, true, ack, capture.Seq(111+20*i), 501, 10)
			}
			w.seg(1, false, ack, 501, 101+200, 0)
		}, "ShADaGG"},
		{"before a FIN", func(w *wire) {
			w.seg(1, true, fin, 111, 501, 0)
			w.seg(1, false, ack, 501, 112, 0)
		}, "ShAFaG"},
		{"a FIN that was not captured", func(w *wire) {
			w.seg(1, true, ack, 101, 501, 10)
			w.seg(1, false, ack, 501, 112, 0)
		}, "ShADaG"},
		{"a FIN acknowledged, with all that came before", func(w *wire) {
			w.seg(1, true, ack, 101, 501, 10)
			w.seg(1, true, fin, 111, 501, 0)
			w.seg(1, false, ack, 501, 112, 0)
		}, "ShADFa"},
		{"a FIN that carries what was missing", func(w *wire) {
			w.seg(1, true, ack, 111, 501, 10)
			w.seg(1, true, fin, 101, 501, 20)
			w.seg(1, false, ack, 501, 122, 0)
		}, "ShADFa"},
		{"all of it, from one side", func(w *wire) {
			w.seg(1, false, ack, 501, 111, 0)
			w.seg(1, false, ack, 501, 121, 0)
		}, "ShAaG"},
		{"a RST tells of it", func(w *wire) {
			w.seg(1, true, ack, 111, 501, 10)
			w.seg(1, false, rst, 501, 121, 0)
		}, "ShADr"},
		{"more beyond it than anyone would send unanswered", func(w *wire) {
			for i := range 20 {
				w.seg(1, true, ack, capture.Seq(201+1000*i), 501, 1000)
			}
			w.seg(1, false, ack, 501, 20201, 0)
		}, "ShADa"},
	}
	for _, tt := range tests {
		w := wire{t: New(0, nil)}
		w.handshake(1)
		tt.play(&w)
		for c := range w.t.Connections() {
			if c.History != tt.want {
				t.Errorf("%s: %s, want %s", tt.name, c.History, tt.want)
			}
		}
	}
}

// TestCutFramesAreGaps: what a snap length cut off was never seen.
func TestCutFramesAreGaps(t *testing.T) {
	w := wire{t: New(0, nil)}
	w.handshake(1)
	for i := range 300 {
		w.cut(1, capture.Seq(101+10*i), 501, 10)
		w.seg(1, false, capture.ACK, 501, capture.Seq(111+10*i), 0)
	}
	for c := range w.t.Connections() {
		if want := "ShADaGGG"; c.History != want {
			t.Errorf("history %s, want %s", c.History, want)
		}
	}
	if n := w.t.pieces.count; n > 0 {
		t.Errorf("%d places for pieces", n)
	}
}

// TestHolesGiveRoomBack: whatever comes, in whatever order, pieces lie in order
// and apart, and once all has come nothing is left of them.
func TestHolesGiveRoomBack(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 0))
		w := wire{t: New(0, nil)}
		w.handshake(1)
		const all = 400
		for range 60 {
			from := rng.IntN(all - 1)
			w.seg(1, true, capture.ACK, capture.Seq(101+from), 501, 1+rng.IntN(min(40, all-from)))
			r := w.t.table.record(0)
			for i := range r.sides {
				if r.hasHole(i) {
					apart(t, w.t, &r.sides[i])
				}
			}
		}
		w.seg(1, true, capture.ACK, 101, 501, all)
		if used := int(w.t.pieces.count) - len(w.t.pieces.spare); used != 0 {
			t.Fatalf("seed %d: %d places are still taken", seed, used)
		}
	}
}

func apart(t *testing.T, tr *Tracker, s *side) {
	t.Helper()
	end := s.whole
	for at := s.pieces; at != 0; {
		p := tr.pieces.at(at - 1)
		if !after(p.begin, end) || !after(p.end, p.begin) {
			t.Fatalf("a piece from %d to %d behind %d", p.begin, p.end, end)
		}
		end, at = p.end, p.next
	}
}

// TestHolesAreBounded: a crafted capture gets no more pieces than a side may have.
func TestHolesAreBounded(t *testing.T) {
	w := wire{t: New(0, nil)}
	w.handshake(1)
	for i := range 5000 {
		w.seg(1, true, capture.ACK, capture.Seq(201+2*i), 501, 1)
	}
	if n := w.t.pieces.count; n > maxPieces+1 {
		t.Errorf("%d places for pieces", n)
	}
}

// TestGapsBeyond2GiB: relative numbers wrap at 4 GiB, and what lies 2 GiB ahead
// looks as if it lay behind.
func TestGapsBeyond2GiB(t *testing.T) {
	w := wire{t: New(0, nil)}
	w.handshake(1)
	seq := capture.Seq(101)
	for range 80 {
		w.seg(1, true, capture.ACK, seq, 501, 1<<26)
		seq += 1 << 26
		w.seg(1, false, capture.ACK, 501, seq, 0)
	}
	w.seg(1, true, capture.ACK, seq+5, 501, 10)
	w.seg(1, false, capture.ACK, 501, seq+15, 0)
	for c := range w.t.Connections() {
		if want := "ShADaG"; c.History != want {
			t.Errorf("history %s, want %s", c.History, want)
		}
	}
}
