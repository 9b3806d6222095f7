package survey

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/rstwatch/rstwatch/capture"
)

// mixed returns segments of so many connections that take turns: some are opened and
// then used at once, the rest come so far apart that AddAll fetches every slot.
func mixed(connections int) (list []Segment) {
	rng := rand.New(rand.NewPCG(7, 7))
	add := func(n int, client bool, f capture.Flags, seq, ack capture.Seq, length int) {
		s := Segment{Nanos: second0 + int64(len(list))*1000, Frame: uint32(len(list) + 1)}
		s.Brief = capture.Brief{Flags: f, Seq: seq, Ack: ack, Len: int32(length), Window: 512, TTL: 64,
			Src: clientAddr(n), SrcPort: uint16(n), Dst: serverAddr, DstPort: 443}
		if !client {
			s.Src, s.SrcPort, s.Dst, s.DstPort = s.Dst, s.DstPort, s.Src, s.SrcPort
		}
		list = append(list, s)
	}
	for n := range connections {
		add(n, true, capture.SYN, 100, 0, 0)
		if n%3 == 0 {
			add(n, false, capture.SYN|capture.ACK, 500, 101, 0)
		}
	}
	for round := range 3 {
		for n := range connections {
			seq := capture.Seq(101 + 10*round)
			switch kind := rng.IntN(20); {
			case kind == 0:
				add(n, false, capture.RST|capture.ACK, 501, seq, 0)
			case kind == 1:
				add(n, true, capture.SYN, capture.Seq(rng.Uint32()), 0, 0)
			case kind == 2:
				add(n, true, capture.FIN|capture.ACK, seq, 501, 0)
			default:
				add(n, true, capture.PSH|capture.ACK, seq, 501, 10)
			}
		}
	}
	return list
}

// TestAddAllIsAdd: a list is what its segments are one by one, whether their
// connections lie far apart or close together, and while some are closed out.
func TestAddAllIsAdd(t *testing.T) {
	for _, c := range []struct{ connections, most int }{{100, 0}, {100, 70}, {10_000, 0}, {10_000, 6_000}} {
		segments := mixed(c.connections)
		survey := func(take func(*Tracker)) (told []Connection, sum Summary, far bool) {
			tr := New(c.most, func(c Connection) { told = append(told, c) })
			take(tr)
			return slices.AppendSeq(told, tr.Connections()), tr.Summary(), tr.far
		}
		want, wantSum, _ := survey(func(tr *Tracker) {
			for i := range segments {
				tr.Add(segments[i].Nanos, segments[i].Frame, &segments[i].Brief)
			}
		})
		rng := rand.New(rand.NewPCG(1, 1))
		got, gotSum, far := survey(func(tr *Tracker) {
			for rest := segments; len(rest) > 0; {
				n := min(1+rng.IntN(200), len(rest))
				for i := range rest[:n] {
					tr.Hash(&rest[i])
				}
				tr.AddAll(rest[:n])
				rest = rest[n:]
			}
		})
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%+v: other connections", c)
		}
		if !reflect.DeepEqual(gotSum.Endings, wantSum.Endings) || gotSum.Segments != wantSum.Segments || gotSum.ClosedOut != wantSum.ClosedOut {
			t.Errorf("%+v: %+v, want %+v", c, gotSum, wantSum)
		}
		if far != (c.connections > distant) {
			t.Errorf("%+v: far apart: %v", c, far)
		}
		if (wantSum.ClosedOut > 0) != (c.most > 0) {
			t.Errorf("%+v: %d closed out", c, wantSum.ClosedOut)
		}
	}
}
