package match

import (
	"iter"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis/logline"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
)

// begin is when the capture of the tests begins.
var begin = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)

// conn is a connection of the tests.
type conn struct {
	client, server string
	at             time.Duration // when its SYN was captured, after begin
	how            string        // how it ends, 10 ms later
}

// captured is a survey of connections.
func captured(t *testing.T, list []conn) iter.Seq[survey.Connection] {
	tr, frame := survey.New(0, nil), uint32(0)
	for i, c := range list {
		client, server := netip.MustParseAddrPort(c.client), netip.MustParseAddrPort(c.server)
		seg := func(after time.Duration, up bool, f capture.Flags, seq, ack capture.Seq, length int32) {
			frame++
			b := capture.Brief{Src: client.Addr().As16(), SrcPort: client.Port(), Dst: server.Addr().As16(), DstPort: server.Port(),
				V6: client.Addr().Is6(), Flags: f, Seq: seq, Ack: ack, Len: length, TTL: 64, Window: 512}
			if !up {
				b.Src, b.SrcPort, b.Dst, b.DstPort = b.Dst, b.DstPort, b.Src, b.SrcPort
			}
			if f.Has(capture.RST) && !f.Has(capture.ACK) || f.Has(capture.RST) && seq == 0 {
				b.Window = 0
			}
			tr.Add(begin.Add(c.at+after).UnixNano(), frame, &b)
		}
		const syn, ack, fin, rst = capture.SYN, capture.ACK, capture.FIN, capture.RST
		const ms = time.Millisecond
		isn := capture.Seq(1000 * (i + 1))
		seg(0, true, syn, isn, 0, 0)
		if c.how == "refused" {
			seg(10*ms, false, rst|ack, 0, isn+1, 0)
			continue
		}
		if c.how == "unanswered" {
			seg(time.Second, true, syn, isn, 0, 0)
			continue
		}
		seg(ms, false, syn|ack, 7, isn+1, 0)
		seg(2*ms, true, ack, isn+1, 8, 0)
		seg(3*ms, true, ack, isn+1, 8, 100)
		switch c.how {
		case "reset":
			seg(10*ms, false, rst|ack, 8, isn+101, 0)
		case "closed":
			seg(10*ms, false, fin|ack, 8, isn+101, 0)
			seg(11*ms, true, ack, isn+101, 9, 0)
		case "late": // data meets a server that has closed
			seg(8*ms, false, fin|ack, 8, isn+101, 0)
			seg(9*ms, true, ack, isn+101, 9, 5)
			seg(10*ms, false, rst, 9, 0, 0)
		}
	}
	return tr.Connections()
}

// TestFind: which connections a line can mean, and how sure that is.
func TestFind(t *testing.T) {
	const a, b, vip = "10.0.3.7:51234", "10.0.9.2:443", "10.96.0.1:443"
	many := []conn{
		{a, b, 0, "reset"},                                        // 0
		{"10.0.3.7:51235", b, time.Second, "closed"},              // 1
		{"10.0.3.8:51234", b, 2 * time.Second, "open"},            // 2
		{"10.0.3.7:40000", "10.0.9.3:80", time.Minute, "late"},    // 3
		{"10.0.3.7:40001", "10.0.9.3:81", time.Minute, "refused"}, // 4
		{"10.0.3.7:40002", "10.0.9.3:82", 0, "unanswered"},        // 5
		{"[2001:db8::7]:51234", "[2001:db8::2]:443", 0, "reset"},  // 6
		{a, b, 30 * time.Second, "closed"},                        // 7: used again
	}
	tests := []struct {
		name, line, at string
		streams        []uint32
		sure           Certainty
		side           int
		why            string
	}{
		{"both ends, another connection between them later", "read tcp " + a + "->" + b + ": read: connection reset by peer", "10:00:00.012",
			[]uint32{0}, Certain, 0, "of 2 connections between these ends it is the only one that had begun by then"},
		{"both ends, time decides", "read tcp " + a + "->" + b + ": EOF", "10:00:30.5",
			[]uint32{7}, Likely, 0, "it is one of 2 connections between these ends"},
		{"both ends, the ending decides", "read tcp " + a + "->" + b + ": read: connection reset by peer", "",
			[]uint32{0}, Likely, 0, "the client's next read returns ECONNRESET"},
		{"both ends, IPv6", "read tcp [2001:db8::7]:51234->[2001:db8::2]:443: read: connection reset by peer", "",
			[]uint32{6}, Certain, 0, "it is the only connection between these ends"},
		{"the server's line", "write tcp " + b + "->10.0.3.7:51235: use of closed network connection", "",
			[]uint32{1}, Certain, 1, "the server had ended it itself"},
		{"the second error", "write tcp 10.0.3.7:51234->" + b + ": write: broken pipe", "10:00:00",
			[]uint32{0}, Certain, 0, "and a write after that EPIPE"},
		{"both ends, and nothing gives that error", "read tcp 10.0.3.8:51234->" + b + ": read: connection reset by peer", "",
			[]uint32{2}, Likely, 0, "nothing in the capture makes a call of the client return ECONNRESET"},
		{"what was dialled", "dial tcp 10.0.9.3:81: connect: connection refused", "", []uint32{4}, Likely, 0, "the client's dial returns ECONNREFUSED"},
		{"what was dialled, and never answered", "dial tcp 10.0.9.3:82: connect: connection timed out", "", []uint32{5}, Likely, 0, "once its kernel gives up"},
		{"an address, and not whose it is", "java.io.IOException: Broken pipe: /10.0.9.3:80", "10:01:00", []uint32{3}, Likely, 0, "the client's next write returns EPIPE"},
		{"a service address", "read tcp 10.0.3.7:40000->" + vip + ": EOF", "", []uint32{3}, Likely, 0, "as behind a NAT or a proxy"},
		{"ports alone", "write tcp 192.168.1.1:40000->1.2.3.4:80: write: broken pipe", "10:01:00", []uint32{3}, Likely, 0, "both ports are the same"},
		{"two that fit as well", "connection reset by peer, port 51234", "10:00:00", []uint32{0, 6}, Possible, 0, "the port of the end that dialled is the same"},
		{"nothing but the error", "java.net.ConnectException: Connection refused", "10:01:00", []uint32{4}, Likely, 0, "the client's dial returns ECONNREFUSED"},
		{"before the capture", "read tcp " + a + "->" + b + ": read: connection reset by peer", "2026-11-20T09:00:00Z", []uint32{0}, Possible, 0, "the line was written 1h0m0s before it began"},
		{"after the capture", "read tcp 10.0.3.7:51235->" + b + ": EOF", "2026-11-20T12:00:00Z", []uint32{1}, Likely, 0, "may speak of a connection that came later"},
		{"nginx", `recv() failed (104: Connection reset by peer) while reading response header from upstream, client: 10.0.3.7, upstream: "http://10.0.9.2:443/"`, "10:00:00",
			[]uint32{0}, Likely, 0, "it has the end that the line names"},
	}
	for _, tt := range tests {
		line, ok := logline.Parse(tt.line)
		at, timed := logline.ParseStamp(tt.at)
		if !ok || timed != (tt.at != "") {
			t.Errorf("%s: the line is not understood", tt.name)
			continue
		}
		got := Find(captured(t, many), line, at, time.UTC)
		var streams []uint32
		for _, k := range got.Candidates {
			streams = append(streams, k.Connection.Stream)
		}
		if !slices.Equal(streams, tt.streams) {
			t.Errorf("%s: streams %v, want %v; %s", tt.name, streams, tt.streams, got.Why)
			for _, k := range got.Candidates {
				t.Logf("%d %d %s %q", k.Connection.Stream, k.weight, k.Certainty, k.Reasons)
			}
			continue
		}
		if k := got.Candidates[0]; k.Certainty != tt.sure || k.Side != tt.side || !strings.Contains(strings.Join(k.Reasons, "; "), tt.why) {
			t.Errorf("%s: %s, side %d, %q; want %s, side %d, %q", tt.name, k.Certainty, k.Side, k.Reasons, tt.sure, tt.side, tt.why)
		}
	}
}

// TestNone: why nothing fits.
func TestNone(t *testing.T) {
	for text, want := range map[string]string{
		"read tcp 10.9.9.9:1->10.9.9.8:2: EOF": "no connection has 10.9.9.9:1 or 10.9.9.8:2, nor the port alone; the capture holds 2026-11-20 10:00:00.000 UTC to 2026-11-20 10:00:00.010 UTC",
		"broken pipe, local port 7":            "no connection has port 7, nor the port alone",
		"no route to host":                     "in no connection can a call return EHOSTUNREACH",
	} {
		line, ok := logline.Parse(text)
		got := Find(captured(t, []conn{{"10.0.0.1:5", "10.0.0.2:80", 0, "reset"}}), line, logline.Stamp{}, time.UTC)
		if !ok || len(got.Candidates) > 0 || !strings.Contains(got.Why, want) {
			t.Errorf("%q: %q, want %q", text, got.Why, want)
		}
	}
	line, _ := logline.Parse("EOF")
	if got := Find(captured(t, nil), line, logline.Stamp{}, time.UTC); got.Why != "the capture holds no connection" {
		t.Errorf("%q", got.Why)
	}
}

// TestMost: of very many that fit as well five are told, and how many more there
// are.
func TestMost(t *testing.T) {
	var list []conn
	for i := range 50 {
		list = append(list, conn{netip.AddrPortFrom(netip.MustParseAddr("10.0.0.1"), uint16(5000+i)).String(), "10.0.0.2:80", 0, "reset"})
	}
	line, _ := logline.Parse("read failed: 10.0.0.2:80: connection reset by peer")
	got := Find(captured(t, list), line, logline.Stamp{}, time.UTC)
	if len(got.Candidates) != Most || got.More != 45 || got.Candidates[0].Certainty != Possible {
		t.Errorf("%d candidates, %d more, %v", len(got.Candidates), got.More, got.Candidates)
	}
}
