package survey

import (
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
)

// TestCalls holds what the next calls return in what a wire can show, by the
// rules of either system (SEMANTICS.md §3.3, §3.5, §6), and what is left open
// where it does not show enough.
func TestCalls(t *testing.T) {
	const syn, ack, fin, rst = capture.SYN, capture.ACK, capture.FIN, capture.RST
	both := func(r Results) Calls { return Calls{Read: r, Write: r} }
	own := Calls{Read: "CLOSED|ECONNABORTED", Write: "CLOSED|ECONNABORTED"}
	tests := []struct {
		name           string
		play           func(w *wire)
		client, server Calls
		onDarwin       Calls // the client's
	}{
		{"open", func(w *wire) { w.handshake(1) }, Calls{Read: Waits, Write: OK}, Calls{Read: Waits, Write: OK}, Calls{Read: Waits, Write: OK}},
		{"a SYN that nobody answers", func(w *wire) { w.seg(1, true, syn, 100, 0, 0) },
			Calls{Dial: Waits, Read: Waits, Write: Waits, GivesUp: "ETIMEDOUT"}, unknownCalls,
			Calls{Dial: Waits, Read: Waits, Write: Waits, GivesUp: "ETIMEDOUT"}},
		{"the server aborts", func(w *wire) {
			w.handshake(1)
			w.seg(1, true, ack, 101, 501, 5)
			w.seg(1, false, rst|ack, 501, 106, 0)
		}, both("ECONNRESET"), own, Calls{Read: "ECONNRESET", Write: "EPIPE"}},
		{"a RST after the server's FIN", func(w *wire) {
			w.handshake(1)
			w.seg(1, false, fin|ack, 501, 101, 0)
			w.seg(1, true, ack, 101, 502, 5)
			w.seg(1, false, rst, 502, 0, 0)
		}, Calls{Read: "EOF", Write: "EPIPE"}, both("CLOSED|ECONNRESET"), Calls{Read: "ECONNRESET", Write: "EPIPE"}},
		{"data crosses the FIN: the RST lies one below", func(w *wire) {
			w.handshake(1)
			w.seg(1, false, fin|ack, 501, 101, 0)
			w.seg(1, true, ack, 101, 501, 5)
			w.seg(1, false, rst, 501, 0, 0)
		}, Calls{Read: "EOF", Write: "EPIPE"}, both("CLOSED|ECONNRESET"), Calls{Read: "ECONNRESET", Write: "EPIPE"}},
		{"a RST after both FINs", func(w *wire) {
			w.handshake(1)
			w.seg(1, false, fin|ack, 501, 101, 0)
			w.seg(1, true, fin|ack, 101, 502, 0)
			w.seg(1, false, rst, 502, 0, 0)
		}, Calls{Read: "EOF", Write: "ECONNRESET"}, Calls{Read: "EOF", Write: "EPIPE"}, Calls{Read: "EOF", Write: "EPIPE"}},
		{"closed", func(w *wire) {
			w.handshake(1)
			w.seg(1, false, fin|ack, 501, 101, 0)
			w.seg(1, true, fin|ack, 101, 502, 0)
			w.seg(1, false, ack, 502, 102, 0)
		}, Calls{Read: "EOF", Write: "EPIPE"}, Calls{Read: "EOF", Write: "EPIPE"}, Calls{Read: "EOF", Write: "EPIPE"}},
		{"a RST in the window that is not exact", func(w *wire) {
			w.handshake(1)
			w.seg(1, false, rst|ack, 601, 101, 0)
			w.seg(1, true, ack, 101, 501, 0)
		}, Calls{Read: Waits, Write: OK}, own, Calls{Read: Waits, Write: OK}},
		{"and the exact one that the challenge draws", func(w *wire) {
			w.handshake(1)
			w.seg(1, false, rst, 601, 0, 0)
			w.seg(1, true, ack, 101, 501, 0)
			w.seg(1, false, rst, 501, 0, 0)
		}, both("ECONNRESET"), unknownCalls, Calls{Read: "ECONNRESET", Write: "EPIPE"}},
		{"data before the RST that nobody has acknowledged", func(w *wire) {
			w.handshake(1)
			w.seg(1, false, ack, 501, 101, 9)
			w.seg(1, false, rst|ack, 510, 101, 0)
		}, both("ECONNRESET"), Calls{Read: "CLOSED|ECONNABORTED", Write: "CLOSED|ECONNABORTED"}, Calls{Read: Waits, Write: OK}},
		{"a hole before the RST", func(w *wire) {
			w.handshake(1)
			w.seg(1, false, ack, 511, 101, 9) // what lies before was lost, or not captured
			w.seg(1, false, rst|ack, 501, 101, 0)
		}, Calls{Read: "waits|ECONNRESET", Write: "ok|ECONNRESET"}, own, Calls{Read: "ECONNRESET", Write: "EPIPE"}},
		{"no begin: a FIN may have come before", func(w *wire) {
			w.seg(1, true, ack, 101, 501, 5)
			w.seg(1, false, rst, 501, 0, 0)
		}, Calls{Read: "ECONNRESET|EOF", Write: "ECONNRESET|EPIPE"}, unknownCalls, Calls{Read: "ECONNRESET", Write: "EPIPE"}},
		{"no begin, but data from the server", func(w *wire) {
			w.seg(1, false, ack, 501, 101, 9)
			w.seg(1, true, ack, 101, 510, 5)
			w.seg(1, false, rst|ack, 510, 106, 0)
		}, both("ECONNRESET"), own, Calls{Read: "ECONNRESET", Write: "EPIPE"}},
		{"life goes on after a RST in the server's name", func(w *wire) {
			w.handshake(1)
			w.seg(1, false, rst, 501, 0, 0)
			w.seg(1, false, ack, 501, 101, 9)
			w.seg(1, true, ack, 101, 510, 0)
		}, Calls{Read: Waits, Write: OK}, Calls{Read: Waits, Write: OK}, Calls{Read: Waits, Write: OK}},
		{"one goes on, and is told", func(w *wire) {
			w.handshake(1)
			w.seg(1, false, rst, 501, 0, 0)
			w.seg(1, false, ack, 501, 101, 9)
			w.seg(1, true, rst, 101, 0, 0)
		}, both("ECONNRESET"), both("ECONNRESET"), Calls{Read: "ECONNRESET", Write: "EPIPE"}},
		{"a RST for the SYN,ACK", func(w *wire) {
			w.seg(1, true, syn, 100, 0, 0)
			w.seg(1, false, syn|ack, 500, 101, 0)
			w.seg(1, true, rst, 101, 0, 0)
		}, unknownCalls, unknownCalls, unknownCalls},
		{"a scanner that takes its SYN back", func(w *wire) {
			w.seg(1, true, syn, 100, 0, 0)
			w.seg(1, true, rst, 101, 0, 0)
		}, unknownCalls, unknownCalls, unknownCalls},
		{"half-open", func(w *wire) {
			w.seg(1, true, syn, 100, 0, 0)
			w.seg(1, false, ack, 7000, 8000, 0)
			w.seg(1, true, rst, 8000, 0, 0)
		}, Calls{Dial: Waits, Read: Waits, Write: Waits, GivesUp: "ETIMEDOUT"}, unknownCalls,
			Calls{Dial: Waits, Read: Waits, Write: Waits, GivesUp: "ETIMEDOUT"}},
		{"data that is sent again and again", func(w *wire) {
			w.handshake(1)
			w.seg(1, true, ack, 101, 501, 5)
			w.seg(1, true, ack, 101, 501, 5)
		}, Calls{Read: Waits, Write: OK, GivesUp: "ETIMEDOUT"}, Calls{Read: Waits, Write: OK}, Calls{Read: Waits, Write: OK, GivesUp: "ETIMEDOUT"}},
		{"keep-alive probes unanswered", func(w *wire) {
			w.handshake(1)
			w.seg(1, true, ack, 100, 501, 0)
			w.seg(1, true, rst|ack, 101, 501, 0)
		}, both("ETIMEDOUT|CLOSED|ECONNABORTED"), both("ECONNRESET"), Calls{Read: "ETIMEDOUT|CLOSED", Write: "EPIPE|CLOSED"}},
		{"the addresses are used again while it is open", func(w *wire) {
			w.handshake(1)
			w.seg(2, true, syn, 9, 0, 0)
		}, Calls{Read: Waits, Write: OK}, Calls{Read: Waits, Write: OK}, Calls{Read: Waits, Write: OK}},
	}
	for _, tt := range tests {
		for _, m := range []*analysis.Model{analysis.Linux(), analysis.Darwin()} {
			w := wire{t: New(0, nil)}
			w.t.Follow(m)
			tt.play(&w)
			for c := range w.t.Connections() {
				client, server := c.Sides[0].Next, c.Sides[1].Next
				switch {
				case c.Stream > 0:
				case m.Name == "linux" && (client != tt.client || server != tt.server):
					t.Errorf("%s: client %+v, server %+v; want %+v, %+v", tt.name, client, server, tt.client, tt.server)
				case m.Name == "darwin" && client != tt.onDarwin:
					t.Errorf("%s on darwin: client %+v, want %+v", tt.name, client, tt.onDarwin)
				}
			}
		}
	}
}

// TestReused: of a connection whose addresses another one has nothing is told
// that it may have told.
func TestReused(t *testing.T) {
	w := wire{t: New(0, nil)}
	w.handshake(1)
	w.seg(1, true, capture.SYN, 9000, 0, 0)
	for c := range w.t.Connections() {
		if n := c.Sides[1].Next; c.Stream == 0 && n != unknownCalls || c.Stream == 1 && n != unknownCalls {
			t.Errorf("stream %d: the server's calls %+v", c.Stream, n)
		}
	}
}

// TestCopies: tcpdump -i any shows a forwarded segment twice, with a lower time
// to live; that raises no suspicion about the RST, and is counted.
func TestCopies(t *testing.T) {
	tests := []struct {
		name      string
		ttl       uint8 // of the copy
		id        uint16
		later     int64
		copies    uint8
		elsewhere bool // the RST, which has the copy's time to live
	}{
		{"forwarded", 63, 7, 20_000, 1, false},
		{"bridged", 64, 7, 20_000, 1, false},
		{"sent again", 63, 8, 20_000, 0, true},
		{"much later", 63, 7, 5_000_000, 0, true},
	}
	for _, tt := range tests {
		tr, at := New(0, nil), second0
		add := func(client bool, f capture.Flags, seq, ack capture.Seq, length int32, ttl uint8, id uint16) {
			b := capture.Brief{Src: [16]byte{10: 0xff, 11: 0xff, 12: 10, 15: 1}, Dst: [16]byte{10: 0xff, 11: 0xff, 12: 10, 15: 2},
				SrcPort: 5000, DstPort: 80, Flags: f, Seq: seq, Ack: ack, Len: length, TTL: ttl, IPID: id, Window: 100}
			if !client {
				b.Src, b.Dst, b.SrcPort, b.DstPort = b.Dst, b.Src, b.DstPort, b.SrcPort
			}
			tr.Add(at, uint32(at-second0)/1000+1, &b)
		}
		add(true, capture.SYN, 100, 0, 0, 64, 1)
		at += 1_000_000
		add(false, capture.SYN|capture.ACK, 500, 101, 0, 64, 2)
		at += 1_000_000
		add(true, capture.ACK, 101, 501, 0, 64, 3)
		at += 1_000_000
		add(false, capture.ACK|capture.PSH, 501, 101, 9, 64, 7)
		at += tt.later
		add(false, capture.ACK|capture.PSH, 501, 101, 9, tt.ttl, tt.id)
		at += 1_000_000
		add(false, capture.RST|capture.ACK, 510, 101, 0, tt.ttl, 9)
		for c := range tr.Connections() {
			if c.Copies != tt.copies || c.Reset.Elsewhere() != (tt.elsewhere && tt.ttl != 64) || c.Sides[1].Packets != 4 {
				t.Errorf("%s: %d copies, elsewhere %v, %d packets", tt.name, c.Copies, c.Reset.Elsewhere(), c.Sides[1].Packets)
			}
			if want := (Calls{Read: "ECONNRESET", Write: "ECONNRESET"}); c.Sides[0].Next != want {
				t.Errorf("%s: the client's calls %+v", tt.name, c.Sides[0].Next)
			}
		}
	}
}

// TestICMP: an ICMP error ends an attempt to connect, and says what a timer will
// that gives up later.
func TestICMP(t *testing.T) {
	quote := func(w *wire, seq capture.Seq, kind, code uint8) {
		w.frame++
		w.t.Add(second0+int64(w.frame)*1_000_000, w.frame, &capture.Brief{Src: [16]byte{10: 0xff, 11: 0xff, 12: 10, 14: 1, 15: 1}, SrcPort: 1,
			Dst: [16]byte{10: 0xff, 11: 0xff, 12: 192, 15: 9}, DstPort: 443, Seq: seq, Quoted: true, ICMPType: kind, ICMPCode: code})
	}
	tests := []struct {
		name string
		play func(w *wire)
		want Calls
	}{
		{"a port that is unreachable", func(w *wire) { w.seg(1, true, capture.SYN, 100, 0, 0); quote(w, 100, 3, 3) },
			Calls{Dial: "ECONNREFUSED", Read: "ECONNREFUSED", Write: "ECONNREFUSED"}},
		{"a host", func(w *wire) { w.seg(1, true, capture.SYN, 100, 0, 0); quote(w, 100, 3, 1) },
			Calls{Dial: "EHOSTUNREACH", Read: "EHOSTUNREACH", Write: "EHOSTUNREACH"}},
		{"another segment", func(w *wire) { w.seg(1, true, capture.SYN, 100, 0, 0); quote(w, 7, 3, 3) },
			Calls{Dial: Waits, Read: Waits, Write: Waits, GivesUp: "ETIMEDOUT"}},
		{"fragmentation needed", func(w *wire) { w.handshake(1); quote(w, 101, 3, 4) }, Calls{Read: Waits, Write: OK}},
		{"a connection that stands", func(w *wire) {
			w.handshake(1)
			w.seg(1, true, capture.ACK, 101, 501, 5)
			quote(w, 101, 3, 1)
			w.seg(1, true, capture.ACK, 101, 501, 5)
		}, Calls{Read: Waits, Write: OK, GivesUp: "EHOSTUNREACH"}},
		{"and heals", func(w *wire) {
			w.handshake(1)
			w.seg(1, true, capture.ACK, 101, 501, 5)
			quote(w, 101, 3, 1)
			w.seg(1, false, capture.ACK, 501, 106, 0)
		}, Calls{Read: Waits, Write: OK}},
	}
	for _, tt := range tests {
		w := wire{t: New(0, nil)}
		tt.play(&w)
		for c := range w.t.Connections() {
			if c.Sides[0].Next != tt.want {
				t.Errorf("%s: %+v, want %+v", tt.name, c.Sides[0].Next, tt.want)
			}
		}
	}
}
