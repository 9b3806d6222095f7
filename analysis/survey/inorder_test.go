package survey

import (
	"math/rand/v2"
	"testing"

	"github.com/rstwatch/rstwatch/capture"
)

// TestAlongIsFollow: whatever came before, a segment that is in order does to a
// record what follow does with it.
func TestAlongIsFollow(t *testing.T) {
	taken := 0
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 0))
		short, long := New(0, nil), New(0, nil)
		long.table.seed = short.table.seed
		var a, b *record
		next := [2]capture.Seq{capture.Seq(rng.Uint32()), capture.Seq(rng.Uint32())}
		for i := range 200 {
			from := rng.IntN(2)
			seg := capture.Brief{Flags: capture.ACK, Seq: next[from], Ack: next[1-from], Window: 512, TTL: 64, SrcPort: 1000, DstPort: 443}
			disturb(rng, &seg, i)
			if from == 1 {
				seg.SrcPort, seg.DstPort = seg.DstPort, seg.SrcPort
			}
			if end := seg.Seq.Add(int(seg.Len)); end.After(next[from]) && end.Sub(next[from]) < 1000 {
				next[from] = end
			}
			h := short.table.seed.hash(&seg)
			if i == 0 {
				_, a = short.open(h, 0, &seg)
				_, b = long.open(h, 0, &seg)
			}
			a.sides[h.from()].packets++
			b.sides[h.from()].packets++
			if a.inOrder(h.from(), &seg) {
				taken++
				short.along(a, h.from(), &seg)
			} else {
				short.follow(a, h.from(), &seg)
			}
			long.follow(b, h.from(), &seg)
			if *a != *b || string(short.historyOf(nil, a)) != string(long.historyOf(nil, b)) {
				t.Fatalf("seed %d, segment %d, %+v:\n%+v, %s\n%+v, %s", seed, i, seg, *a, short.historyOf(nil, a), *b, long.historyOf(nil, b))
			}
		}
	}
	if taken < 10_000 {
		t.Errorf("only %d segments were in order", taken)
	}
}

// disturb makes a segment, the so-manieth of its connection, one of many kinds.
func disturb(rng *rand.Rand, seg *capture.Brief, i int) {
	if i == 0 && rng.IntN(2) == 0 {
		seg.Flags, seg.Ack = capture.SYN, 0
		return
	}
	seg.Len = int32(rng.IntN(3) * 100)
	seg.Cut = seg.Len > 0 && rng.IntN(4) == 0
	switch rng.IntN(60) {
	case 0:
		seg.Seq += capture.Seq(rng.IntN(300))
	case 1:
		seg.Seq -= capture.Seq(rng.IntN(300))
	case 2:
		seg.Ack += capture.Seq(rng.IntN(300))
	case 3:
		seg.Ack -= capture.Seq(rng.IntN(300))
	case 4:
		seg.Window = 0
	case 5:
		seg.Seq, seg.Ack = capture.Seq(rng.Uint32()), capture.Seq(rng.Uint32())
	case 6:
		seg.Ack = 0
	case 7:
		seg.Flags |= capture.SYN
	case 8:
		if i > 100 {
			seg.Flags |= capture.FIN
		}
	}
}
