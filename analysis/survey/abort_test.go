package survey

import (
	"slices"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
)

// TestAborts holds which reasons an active RST may have, by what the wire shows
// before it (SEMANTICS.md §5.2 and §3.5: what the kernel asks before it aborts).
func TestAborts(t *testing.T) {
	const ack, fin, rst = capture.ACK, capture.ACK | capture.FIN, capture.ACK | capture.RST
	const state, unreadData, memory = analysis.TCPState, analysis.AbortOnClose, abortOnMemory
	tests := []struct {
		name string
		play func(w *wire)
		want []analysis.Reason
	}{
		{"data that the abort does not acknowledge has not come", func(w *wire) {
			w.handshake(1)
			w.seg(1, true, ack, 101, 501, 5)
			w.seg(1, false, rst, 501, 101, 0)
		}, []analysis.Reason{state, memory}},
		{"data that was not captured has come", func(w *wire) {
			w.handshake(1)
			w.seg(1, false, rst, 501, 106, 0)
		}, []analysis.Reason{unreadData, state, memory}},
		{"one direction only", func(w *wire) {
			w.seg(1, true, capture.SYN, 100, 0, 0)
			w.seg(1, true, ack, 101, 501, 0)
			w.seg(1, true, rst, 101, 501, 0)
		}, []analysis.Reason{unreadData, state, memory}},
		{"the begin was not captured", func(w *wire) {
			w.seg(1, true, ack, 101, 501, 0)
			w.seg(1, true, rst, 101, 501, 0)
		}, []analysis.Reason{unreadData, state, memory}},
		{"nothing else was captured of it", func(w *wire) {
			w.seg(1, false, ack, 501, 101, 5)
			w.seg(1, true, rst, 101, 506, 0)
		}, unheard.reasons},
		{"keep-alive, from a probe on", func(w *wire) {
			w.seg(1, true, ack, 100, 501, 0)
			w.seg(1, true, rst, 101, 501, 0)
		}, []analysis.Reason{analysis.KeepaliveTimeout, unreadData, state, memory}},
		{"after the peer's FIN, without data", func(w *wire) {
			w.handshake(1)
			w.seg(1, false, fin, 501, 101, 0)
			w.seg(1, true, rst, 101, 502, 0)
		}, []analysis.Reason{state, memory}},
		{"after the peer's FIN, with data written", func(w *wire) {
			w.handshake(1)
			w.seg(1, true, ack, 101, 501, 5)
			w.seg(1, false, fin, 501, 101, 0)
			w.seg(1, true, rst, 106, 502, 0)
		}, []analysis.Reason{state, analysis.DisconnectWithData, memory}},
		{"after its own FIN, not acknowledged", func(w *wire) {
			w.handshake(1)
			w.seg(1, true, fin, 101, 501, 0)
			w.seg(1, true, rst, 102, 501, 0)
		}, []analysis.Reason{state, memory}},
		{"after its own FIN, acknowledged", func(w *wire) {
			w.handshake(1)
			w.seg(1, true, fin, 101, 501, 0)
			w.seg(1, false, ack, 501, 102, 0)
			w.seg(1, true, rst, 102, 501, 0)
		}, []analysis.Reason{state, abortOnLinger, memory}},
		{"after both, with data", func(w *wire) {
			w.handshake(1)
			w.seg(1, true, fin, 101, 501, 0)
			w.seg(1, false, fin, 501, 102, 5)
			w.seg(1, true, rst, 102, 507, 0)
		}, []analysis.Reason{unreadData, memory}},
		{"the peer's FIN crosses it", func(w *wire) {
			w.handshake(1)
			w.seg(1, true, fin, 101, 501, 0)
			w.seg(1, false, fin, 501, 102, 5)
			w.seg(1, true, rst, 102, 501, 0)
		}, []analysis.Reason{state, abortOnLinger, memory}},
		{"keep-alive in FIN-WAIT-2", func(w *wire) {
			w.handshake(1)
			w.seg(1, true, fin, 101, 501, 0)
			w.seg(1, false, ack, 501, 102, 0)
			w.seg(1, true, ack, 101, 501, 0)
			w.seg(1, true, rst, 102, 501, 0)
		}, []analysis.Reason{analysis.KeepaliveTimeout, state, abortOnLinger, memory}},
		{"timestamps were agreed, and it has none", func(w *wire) {
			w.seg(1, true, capture.SYN, 100, 0, 0)
			w.stamped(1, capture.SYN|capture.ACK, 500, 101)
			w.seg(1, true, ack, 101, 501, 0)
			w.seg(1, true, rst, 101, 501, 0)
		}, nil},
		{"timestamps were agreed, and it has them", func(w *wire) {
			w.seg(1, true, capture.SYN, 100, 0, 0)
			w.stamped(1, capture.SYN|capture.ACK, 500, 101)
			w.seg(1, true, ack, 101, 501, 0)
			w.stamped(1, rst, 501, 101)
		}, []analysis.Reason{state, memory}},
		{"its sequence number wrapped to 0", func(w *wire) {
			w.seg(1, true, capture.SYN, 0xffffffff, 0, 0)
			w.seg(1, false, capture.SYN|capture.ACK, 500, 0, 0)
			w.seg(1, true, ack, 0, 501, 0)
			w.seg(1, true, rst, 0, 501, 0)
		}, []analysis.Reason{state, memory}},
	}
	for _, tt := range tests {
		w := wire{t: New(0, nil)}
		tt.play(&w)
		for c := range w.t.Connections() {
			if c.Reset == nil || c.Reset.Kind != Active || !slices.Equal(c.Reset.Reasons, tt.want) {
				t.Errorf("%s: %+v, want %v", tt.name, c.Reset, tt.want)
			}
		}
	}
}

// TestAnswers holds the RSTs that answer what no connection holds.
func TestAnswers(t *testing.T) {
	tests := []struct {
		name string
		play func(w *wire)
		kind Kind
		want []analysis.Reason
	}{
		{"a FIN without ACK", func(w *wire) {
			w.seg(1, true, capture.FIN, 100, 0, 0)
			w.refuse(1, 101)
		}, Passive, []analysis.Reason{analysis.NoSocket}},
		{"data without ACK", func(w *wire) {
			w.seg(1, true, capture.PSH, 100, 0, 5)
			w.refuse(1, 105)
		}, Passive, []analysis.Reason{analysis.NoSocket}},
		{"a SYN with data", func(w *wire) {
			w.seg(1, true, capture.SYN, 100, 0, 5)
			w.refuse(1, 106)
		}, Refusal, []analysis.Reason{analysis.NoSocket}},
		{"a SYN, and acknowledges another", func(w *wire) {
			w.seg(1, true, capture.SYN, 100, 0, 0)
			w.refuse(1, 5000)
		}, Foreign, nil},
		{"a SYN, as firewalls do that invent a number", func(w *wire) {
			w.seg(1, true, capture.SYN, 100, 0, 0)
			w.server(1, capture.Brief{Flags: capture.RST | capture.ACK, Seq: 2520933949, Ack: 101, TTL: 54})
		}, Foreign, nil},
		{"a SYN,ACK of another attempt", func(w *wire) {
			w.seg(1, true, capture.SYN, 100, 0, 0)
			w.seg(1, false, capture.SYN|capture.ACK, 500, 90, 0)
			w.seg(1, true, capture.RST, 90, 0, 0)
		}, Passive, []analysis.Reason{analysis.InvalidAck}},
		{"a SYN,ACK of this attempt", func(w *wire) {
			w.seg(1, true, capture.SYN, 100, 0, 0)
			w.seg(1, false, capture.SYN|capture.ACK, 500, 101, 0)
			w.seg(1, true, capture.RST, 101, 0, 0)
		}, Passive, nobody.reasons},
	}
	for _, tt := range tests {
		w := wire{t: New(0, nil)}
		tt.play(&w)
		for c := range w.t.Connections() {
			if c.Reset == nil || c.Reset.Kind != tt.kind || !slices.Equal(c.Reset.Reasons, tt.want) {
				t.Errorf("%s: %+v, want %s %v", tt.name, c.Reset, tt.kind, tt.want)
			}
		}
	}
}

// stamped adds a segment of the server, with timestamps.
func (w *wire) stamped(n int, f capture.Flags, seq, ack capture.Seq) {
	w.server(n, capture.Brief{Flags: f, Seq: seq, Ack: ack, Window: 512, TTL: 64, HasTimestamps: true})
}

// refuse adds the RST of a server that has no socket for a segment without ACK.
func (w *wire) refuse(n int, ack capture.Seq) {
	w.server(n, capture.Brief{Flags: capture.RST | capture.ACK, Ack: ack, TTL: 64})
}

func (w *wire) server(n int, b capture.Brief) {
	w.frame++
	b.Src, b.SrcPort, b.Dst, b.DstPort = serverAddr, 443, clientAddr(n), uint16(n)
	w.t.Add(second0+int64(w.frame)*1_000_000, w.frame, &b)
}
