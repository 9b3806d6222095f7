package survey

import (
	"math/rand/v2"
	"testing"

	"github.com/rstwatch/rstwatch/capture"
)

// TestUsualIsTurn: whatever came before, a segment that is as usual does to a
// record what turn does with it.
func TestUsualIsTurn(t *testing.T) {
	var taken [telling + 1]int
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 0))
		short, long := New(0, nil), New(0, nil)
		long.table.seed = short.table.seed
		var a, b *record
		next := [2]capture.Seq{capture.Seq(rng.Uint32()), capture.Seq(rng.Uint32())}
		for i := range 200 {
			from := rng.IntN(2)
			if i < 2 && seed%2 == 0 {
				from = i // a handshake
			}
			seg := capture.Brief{Flags: capture.ACK, Seq: next[from], Ack: next[1-from], Window: 512, TTL: 64, SrcPort: 1000, DstPort: 443}
			disturb(rng, &seg, i)
			if i < 2 && seed%2 == 0 {
				seg.Flags, seg.Len, seg.Cut = [2]capture.Flags{capture.SYN, capture.SYN | capture.ACK}[i], 0, false
			}
			if from == 1 {
				seg.SrcPort, seg.DstPort = seg.DstPort, seg.SrcPort
			}
			length := int(seg.Len)
			if seg.Flags&(capture.SYN|capture.FIN) != 0 {
				length++
			}
			if end := seg.Seq.Add(length); end.After(next[from]) && end.Sub(next[from]) < 1000 {
				next[from] = end
			}
			h := short.table.seed.hash(&seg)
			if i == 0 {
				_, a = short.open(h, 0, &seg)
				_, b = long.open(h, 0, &seg)
			}
			a.sides[h.from()].packets++
			b.sides[h.from()].packets++
			nanos, frame := int64(i), uint32(i+1)
			if short.usual(a, h.from(), nanos, &seg) {
				taken[seg.Flags&telling]++
			} else {
				short.turn(a, h.from(), nanos, frame, &seg)
			}
			long.turn(b, h.from(), nanos, frame, &seg)
			if *a != *b || string(short.historyOf(nil, a)) != string(long.historyOf(nil, b)) {
				t.Fatalf("seed %d, segment %d, %+v:\n%+v, %s\n%+v, %s", seed, i, seg, *a, short.historyOf(nil, a), *b, long.historyOf(nil, b))
			}
		}
	}
	for flags, least := range map[capture.Flags]int{capture.ACK: 10_000, capture.SYN: 200, capture.SYN | capture.ACK: 150, capture.FIN | capture.ACK: 100} {
		if taken[flags] < least {
			t.Errorf("only %d segments with %v were as usual", taken[flags], flags)
		}
	}
}

// disturb makes a segment, the so-manieth of its connection, one of many kinds.
func disturb(rng *rand.Rand, seg *capture.Brief, i int) {
	if i == 0 && rng.IntN(2) == 0 {
		seg.Flags, seg.Ack = capture.SYN, 0
		return
	}
	if i < 3 && rng.IntN(2) == 0 {
		seg.Flags |= capture.SYN
		seg.HasTimestamps = rng.IntN(2) == 0
		return
	}
	seg.Len = int32(rng.IntN(3) * 100)
	seg.Cut = seg.Len > 0 && rng.IntN(4) == 0
	switch rng.IntN(80) {
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
		if i > 50 {
			seg.Flags |= capture.FIN
		}
	case 9:
		if i > 150 {
			seg.Flags |= capture.RST
		}
	}
}
