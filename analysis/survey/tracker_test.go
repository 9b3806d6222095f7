package survey

import (
	"fmt"
	"slices"
	"testing"
	"unsafe"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
)

const second0 = int64(1_700_000_000_000_000_000)

// serverAddr is the server's address, and clientAddr that of client n.
var serverAddr = [16]byte{10: 0xff, 11: 0xff, 12: 192, 15: 9}

func clientAddr(n int) [16]byte {
	return [16]byte{10: 0xff, 11: 0xff, 12: 10, 13: byte(n >> 16), 14: 1, 15: 1}
}

// wire makes segments between a client and a server, one a millisecond.
type wire struct {
	t     *Tracker
	frame uint32
}

// seg adds a segment of client n, or of the server to it.
func (w *wire) seg(n int, client bool, f capture.Flags, seq, ack capture.Seq, length int) {
	w.frame++
	b := capture.Brief{Flags: f, Seq: seq, Ack: ack, Len: int32(length), Window: 512, TTL: 64}
	b.Src, b.SrcPort, b.Dst, b.DstPort = clientAddr(n), uint16(n), serverAddr, 443
	if !client {
		b.Src, b.SrcPort, b.Dst, b.DstPort = b.Dst, b.DstPort, b.Src, b.SrcPort
	}
	if f.Has(capture.RST) && !f.Has(capture.ACK) {
		b.Window = 0
	}
	w.t.Add(second0+int64(w.frame)*1_000_000, w.frame, &b)
}

// cut adds a segment of the client whose payload was not captured whole.
func (w *wire) cut(n int, seq, ack capture.Seq, length int) {
	w.frame++
	b := capture.Brief{Flags: capture.ACK, Seq: seq, Ack: ack, Len: int32(length), Cut: true, Window: 512, TTL: 64}
	b.Src, b.SrcPort, b.Dst, b.DstPort = clientAddr(n), uint16(n), serverAddr, 443
	w.t.Add(second0+int64(w.frame)*1_000_000, w.frame, &b)
}

func (w *wire) handshake(n int) {
	w.seg(n, true, capture.SYN, 100, 0, 0)
	w.seg(n, false, capture.SYN|capture.ACK, 500, 101, 0)
	w.seg(n, true, capture.ACK, 101, 501, 0)
}

func TestRecordIsSmall(t *testing.T) {
	if n := unsafe.Sizeof(record{}); n > 224 {
		t.Errorf("a record has %d octets", n)
	}
	if n := unsafe.Sizeof(packed{}); n > 56 {
		t.Errorf("a RST has %d octets", n)
	}
}

// TestBound: a flood of connections costs no more than the bound, and those
// given up are the ones that have been idle for longest.
func TestBound(t *testing.T) {
	var gone []uint32
	w := wire{t: New(64, func(c Connection) { gone = append(gone, c.Stream) })}
	w.handshake(1)
	for n := 2; n < 1000; n++ {
		w.seg(n, true, capture.SYN, 7, 0, 0)
		w.seg(1, true, capture.PSH|capture.ACK, capture.Seq(101+n), 501, 1) // never idle
	}
	s := w.t.Summary()
	if s.Connections != 999 || s.ClosedOut != uint64(len(gone)) || s.ClosedOut < 999-64 || w.t.table.records.count > 64 {
		t.Errorf("%d connections, %d given up, %d told of, room for %d", s.Connections, s.ClosedOut, len(gone), w.t.table.records.count)
	}
	if slices.Contains(gone, 0) || !slices.IsSorted(gone) {
		t.Errorf("given up: %v", gone)
	}
}

func TestAllocatesNothingPerSegment(t *testing.T) {
	w := wire{t: New(0, nil)}
	for n := range 100 {
		w.handshake(n)
	}
	seq := capture.Seq(101)
	if n := testing.AllocsPerRun(1000, func() {
		w.seg(5, true, capture.ACK|capture.PSH, seq, 501, 10)
		seq += 10
		w.seg(5, false, capture.ACK, 501, seq, 0)
	}); n != 0 {
		t.Errorf("%v allocations for two segments", n)
	}
}

// TestAddressesUsedAgain holds when a SYN begins a new connection.
func TestAddressesUsedAgain(t *testing.T) {
	tests := []struct {
		name    string
		then    func(w *wire)
		streams int
	}{
		{"the SYN again", func(w *wire) { w.seg(1, true, capture.SYN, 100, 0, 0) }, 1},
		{"a SYN of another number", func(w *wire) { w.seg(1, true, capture.SYN, 9000, 0, 0) }, 2},
		{"the SYN after a RST", func(w *wire) {
			w.seg(1, false, capture.RST, 501, 0, 0)
			w.seg(1, true, capture.SYN, 100, 0, 0)
		}, 1},
		{"a SYN,ACK of another number", func(w *wire) { w.seg(1, false, capture.SYN|capture.ACK, 9000, 101, 0) }, 1},
	}
	for _, tt := range tests {
		w := wire{t: New(0, nil)}
		w.handshake(1)
		tt.then(&w)
		var streams []uint32
		for c := range w.t.Connections() {
			streams = append(streams, c.Stream)
		}
		if len(streams) != tt.streams || !slices.IsSorted(streams) {
			t.Errorf("%s: streams %v, want %d", tt.name, streams, tt.streams)
		}
	}
}

// TestReasons holds the class of each look of a RST (SEMANTICS.md §5.2), and
// the segment that provoked it.
func TestReasons(t *testing.T) {
	const syn, ack, fin, rst = capture.SYN, capture.ACK, capture.FIN, capture.RST
	nobodys := []analysis.Reason{"NO_SOCKET", "TCP_FLAGS", "TCP_TIMEWAIT_SOCKET", "TCP_ABORT_ON_DATA", "INVALID_SYN"}
	tests := []struct {
		name     string
		play     func(w *wire)
		kind     Kind
		reasons  []analysis.Reason
		provoker uint32
		ending   Ending
		by       int
	}{
		{"refused", func(w *wire) {
			w.seg(1, true, syn, 100, 0, 0)
			b := capture.Brief{Src: [16]byte{10: 0xff, 11: 0xff, 12: 192, 15: 9}, SrcPort: 443, Dst: [16]byte{10: 0xff, 11: 0xff, 12: 10, 14: 1, 15: 1},
				DstPort: 1, Flags: rst | ack, Ack: 101}
			w.t.Add(second0, 2, &b)
		}, Refusal, []analysis.Reason{"NO_SOCKET"}, 1, Refused, 1},
		{"data for a socket that is gone", func(w *wire) {
			w.handshake(1)
			w.seg(1, false, fin|ack, 501, 101, 0)
			w.seg(1, true, ack, 101, 502, 0)
			w.seg(1, true, ack, 101, 502, 5)
			w.seg(1, false, rst, 502, 0, 0)
		}, Passive, nobodys, 6, WasReset, 1},
		{"closed with data unread", func(w *wire) {
			w.handshake(1)
			w.seg(1, true, ack, 101, 501, 5)
			w.seg(1, false, rst|ack, 501, 106, 0)
		}, Active, []analysis.Reason{"TCP_ABORT_ON_CLOSE", "TCP_STATE", "TCP_ABORT_ON_MEMORY"}, 0, WasReset, 1},
		{"aborted before any data", func(w *wire) {
			w.handshake(1)
			w.seg(1, true, rst|ack, 101, 501, 0)
		}, Active, []analysis.Reason{"TCP_STATE", "TCP_ABORT_ON_MEMORY"}, 0, WasReset, 0},
		{"keep-alive probes unanswered", func(w *wire) {
			w.handshake(1)
			w.seg(1, true, ack, 101, 501, 5)
			w.seg(1, false, ack, 501, 106, 0)
			w.seg(1, true, ack, 105, 501, 0)
			w.seg(1, true, ack, 105, 501, 0)
			w.seg(1, true, rst|ack, 106, 501, 0)
		}, Active, []analysis.Reason{"TCP_KEEPALIVE_TIMEOUT", "TCP_STATE", "TCP_ABORT_ON_MEMORY"}, 0, WasReset, 0},
		{"half-open", func(w *wire) {
			w.seg(1, true, syn, 100, 0, 0)
			w.seg(1, false, ack, 7000, 8000, 0)
			w.seg(1, true, rst, 8000, 0, 0)
		}, Passive, []analysis.Reason{"TCP_INVALID_ACK_SEQUENCE"}, 2, WasReset, 0},
	}
	for _, tt := range tests {
		w := wire{t: New(0, nil)}
		tt.play(&w)
		for c := range w.t.Connections() {
			r := c.Reset
			if r == nil || r.Kind != tt.kind || !slices.Equal(r.Reasons, tt.reasons) || r.Provoker.Frame != tt.provoker ||
				c.Ending != tt.ending || r.From != tt.by {
				t.Errorf("%s: %s %+v, want %s %v, provoked by %d, %s by %d", tt.name, c.Ending, r, tt.kind, tt.reasons, tt.provoker, tt.ending, tt.by)
			}
		}
	}
}

func TestLongHistory(t *testing.T) {
	w := wire{t: New(0, nil)}
	w.handshake(1)
	for i := range 40 {
		w.seg(1, false, capture.FIN|capture.ACK, capture.Seq(501+i), 101, 0)
	}
	for c := range w.t.Connections() {
		if want := "ShA" + fmt.Sprintf("%.*s", 40, "ffffffffffffffffffffffffffffffffffffffff"); c.History != want {
			t.Errorf("history %s, want %s", c.History, want)
		}
	}
}

func BenchmarkAdd(b *testing.B) {
	w := wire{t: New(0, nil)}
	for n := range 2000 {
		w.handshake(n)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		w.seg(i%2000, i&1 == 0, capture.ACK, 101, 501, 0)
	}
}
