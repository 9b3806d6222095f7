package diagnosis

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/analysis/trace"
	"github.com/rstwatch/rstwatch/capture"
)

const opened = `client > server  SYN
server > client  SYN,ACK
client > server  ACK
`

// served is a connection that has had a request and its answer.
const served = opened + `client > server  PSH,ACK len 50
server > client  ACK
server > client  PSH,ACK len 80
client > server  ACK
`

// of diagnoses the first connection of a text, from whose segments change may
// have made others.
func of(t *testing.T, text string, change func([]capture.Segment)) Diagnosis {
	t.Helper()
	tr, err := trace.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	list := tr.Evidence.Segments
	for i := range list { // what answers a segment has no window
		if s := &list[i]; s.Flags.Has(capture.RST) && s.Window == 65535 && (!s.Flags.Has(capture.ACK) || s.Seq == 0) {
			s.Window = 0
		}
	}
	if change != nil {
		change(list)
	}
	return first(list, tr.Evidence.Model)
}

func first(list []capture.Segment, m *analysis.Model) Diagnosis {
	tracker := survey.New(0, nil)
	var own []capture.Segment
	for i := range list {
		b := brief(&list[i])
		b.Quoted = list[i].ICMP.Is()
		if tracker.Add(list[i].Time.UnixNano(), uint32(list[i].ID), &b) == 0 || b.Quoted {
			own = append(own, list[i])
		}
	}
	for c := range tracker.Connections() {
		return Of(Evidence{Connection: c, Segments: own, Model: m})
	}
	return Diagnosis{}
}

// TestSituations: what a connection shows has the right name, and the retry is
// judged as it should.
func TestSituations(t *testing.T) {
	tests := []struct {
		name, text, situation string
		retry                 Safety
	}{
		{"the request crosses the FIN", served + "10.0 client > server PSH,ACK len 50\n10.001 server > client FIN,ACK ack 51\n10.002 server > client RST seq 81",
			"keep-alive race", Safe},
		{"the client had not looked", served + "10.0 server > client FIN,ACK\n10.01 client > server ACK\n11.0 client > server PSH,ACK len 50\n11.01 server > client RST seq 82",
			"keep-alive race", Safe},
		{"the server closes after its answer, the client writes on", served + "server > client FIN,ACK\nclient > server ACK\nclient > server PSH,ACK len 50\nserver > client RST seq 82",
			"data after close", NotSafe},
		{"the request is taken, and thrown away", served + "10.0 client > server PSH,ACK len 50\n10.001 server > client RST,ACK",
			"keep-alive race", NotSafe},
		{"a firewall has forgotten", served + "400.0 client > server PSH,ACK len 50\n400.01 server > client RST seq 81",
			"idle-timeout reset", Safe},
		{"the server resets an idle connection", served + "400.0 server > client RST,ACK", "idle-timeout reset", NotSafe},
		{"in the middle of its answer", opened + "client > server PSH,ACK len 50\nserver > client ACK len 1460\nserver > client ACK len 1460\nserver > client RST,ACK",
			"abort in mid-body", NotSafe},
		{"no answer", opened + "client > server PSH,ACK len 50\nserver > client ACK\nserver > client RST,ACK", "reset instead of an answer", NotSafe},
		{"the peer has rebooted", served + "1.0 client > server PSH,ACK len 50\n1.3 client > server PSH,ACK seq 51 len 50\n2.0 client > server PSH,ACK seq 51 len 50\n2.001 server > client RST seq 81",
			"crash or reboot of the peer", NotSafe},
		{"nothing but retransmissions", served + "1.0 client > server PSH,ACK len 50\n1.3 client > server PSH,ACK seq 51 len 50\n2.0 client > server PSH,ACK seq 51 len 50",
			"retransmissions unanswered", NotSafe},
		{"probes, and the end", served + "60 client > server ACK seq 50\n61 client > server ACK seq 50\n62 client > server RST,ACK seq 51", "keep-alive probes unanswered", NotSafe},
		{"probes to the capture's end", served + "60 client > server ACK seq 50\n61 client > server ACK seq 50\n62 client > server ACK seq 50", "keep-alive probes unanswered", NotSafe},
		{"a probe finds out", served + "60 client > server ACK seq 50\n60.01 server > client RST seq 81", "crash or reboot of the peer", NotSafe},
		{"refused", "client > server SYN\nserver > client RST,ACK seq 0 ack 1", "refused", Safe},
		{"nobody answers the SYN", "client > server SYN\n1.0 client > server SYN seq 0", "no answer to the SYN", Safe},
		{"the dial was given up", "client > server SYN\nserver > client SYN,ACK\nclient > server RST seq 1", "handshake abandoned", NotNeeded},
		{"the third ACK does not come", "client > server SYN\nserver > client SYN,ACK\n1.0 server > client SYN,ACK seq 0", "handshake not completed", NotNeeded},
		{"the client's host has rebooted", "client > server SYN\nserver > client ACK seq 5000 ack 7000\nclient > server RST seq 7000\n1.0 client > server SYN seq 0", "half-open connection discovered", Safe},
		{"the client gives up waiting", opened + "client > server PSH,ACK len 50\nserver > client ACK\n5.0 client > server RST,ACK", "idle-timeout reset", NotSafe},
		{"the client gives up soon", opened + "client > server PSH,ACK len 50\nserver > client ACK\n2.0 client > server RST,ACK", "client gave up waiting", NotSafe},
		{"the client cancels the answer", opened + "client > server PSH,ACK len 50\nserver > client ACK len 1460\nclient > server RST,ACK", "client gave up in the answer", NotSafe},
		{"both close", served + "server > client FIN,ACK\nclient > server FIN,ACK\nserver > client ACK", "normal", NotNeeded},
		{"one closes", served + "server > client FIN,ACK\nclient > server ACK", "half-closed", NotNeeded},
		{"a RST after both FINs", served + "server > client FIN,ACK\nclient > server FIN,ACK\nserver > client RST seq 82", "harmless reset", NotNeeded},
		{"the capture ends", served, "open", NotSafe},
		{"the server does not know the connection", opened + "client > server PSH,ACK len 50\nserver > client RST seq 1", "connection unknown to the peer", Safe},
		{"the kernel has given up", served + "1.0 client > server PSH,ACK len 50\n1.3 client > server PSH,ACK seq 51 len 50\n9.0 server > client FIN,ACK ack 51\n9.01 client > server RST seq 51",
			"retransmission given up", NotSafe},
		{"the client had closed", served + "client > server FIN,ACK\nserver > client RST,ACK", "abort after the client's close", NotSafe},
		{"somebody else, and the server goes on", served + "1.0 client > server PSH,ACK len 50\n1.01 server > client RST seq 81\n1.5 server > client PSH,ACK seq 81 ack 51 len 9\n1.51 client > server RST seq 51\n1.6 server > client PSH,ACK seq 81 ack 51 len 9",
			"connection unknown to the peer", NotSafe},
		{"a RST beyond the window", served + "server > client RST seq 99999\nclient > server PSH,ACK len 3\nserver > client ACK\n", "a RST that was not believed", NotSafe},
	}
	for _, tt := range tests {
		d := of(t, tt.text, nil)
		if d.Situation.Name != tt.situation || d.Retry.Safety != tt.retry {
			t.Errorf("%s: %s (%s), retry %s (%s); want %s, %s", tt.name, d.Situation.Name, d.Situation.Says, d.Retry.Safety, d.Retry.Why,
				tt.situation, tt.retry)
		}
		if d.Situation.Says == "" || strings.Contains(d.Situation.Says, "%!") || strings.Contains(d.Situation.Measure.What, "%!") {
			t.Errorf("%s: %q %q", tt.name, d.Situation.Says, d.Situation.Measure.What)
		}
	}
}

// TestForged holds the signs of a RST that is not its sender's, and what they
// come to.
func TestForged(t *testing.T) {
	base := opened + "client > server PSH,ACK len 50\nserver > client ACK\nserver > client PSH,ACK len 9\nclient > server ACK\nclient > server PSH,ACK len 50\nserver > client ACK\n"
	ids := func(list []capture.Segment) {
		for i := range list {
			list[i].IPID = uint16(1000 + 3*i)
		}
	}
	tests := []struct {
		name, text string
		change     func(*capture.Segment)
		sign       string
		forged     Suspicion
	}{
		{"as a kernel makes it", "server > client RST,ACK", nil, "", NotSuspect},
		{"another TTL", "server > client RST,ACK", func(s *capture.Segment) { s.TTL = 50 }, "TTL 50", WeakSign},
		{"another IP ID", "server > client RST,ACK", func(s *capture.Segment) { s.IPID = 40000 }, "IP ID 40000", WeakSign},
		{"both", "server > client RST,ACK", func(s *capture.Segment) { s.TTL, s.IPID = 50, 40000 }, "IP ID 40000", Suspect},
		{"a text", "server > client RST,ACK len 20", nil, "20 octets", WeakSign},
		{"a window", "server > client RST seq 10 win 512", nil, "a window, 512", WeakSign},
		{"fits nothing", "server > client RST seq 4000", nil, "answers nothing", WeakSign},
		{"a volley", "server > client RST seq 10\nserver > client RST seq 1470\nserver > client RST seq 2930", nil, "3 RSTs in a row", Suspect},
		{"life goes on", "server > client RST,ACK\nserver > client PSH,ACK len 5\nclient > server ACK\nserver > client PSH,ACK len 5", nil,
			"goes on", NotItsOwn},
	}
	for _, tt := range tests {
		d := of(t, base+tt.text, func(list []capture.Segment) {
			ids(list)
			for i := range list {
				if list[i].Flags.Has(capture.RST) && tt.change != nil {
					tt.change(&list[i])
				}
			}
		})
		found := tt.sign == "" && len(d.Signs) == 0
		for _, s := range d.Signs {
			found = found || tt.sign != "" && strings.Contains(s.What, tt.sign)
		}
		if !found || d.Forged != tt.forged {
			t.Errorf("%s: %q, %+v; want %q, %q", tt.name, d.Forged, d.Signs, tt.forged, tt.sign)
		}
	}
}

// TestGoesOnAcknowledging: a socket that has sent a RST,ACK acknowledges no more
// than that did.
func TestGoesOnAcknowledging(t *testing.T) {
	const forged = served + "1.0 client > server PSH,ACK len 50\n1.001 server > client RST,ACK seq 81 ack 51\n"
	if d := of(t, forged+"1.02 server > client ACK seq 81 ack 101", nil); d.Forged != NotItsOwn {
		t.Errorf("%q %+v", d.Forged, d.Signs)
	}
	if d := of(t, forged+"1.02 server > client ACK seq 81 ack 51", nil); d.Forged == NotItsOwn {
		t.Errorf("%q %+v", d.Forged, d.Signs)
	}
}

// TestDecisive: the decisive RST is often not the first (SEMANTICS.md §1, fact 6).
func TestDecisive(t *testing.T) {
	d := of(t, served+"server > client RST seq 1\nclient > server PSH,ACK len 3\nserver > client RST seq 81", nil)
	if d.Decisive != 10 || len(d.Resets) != 2 || d.Resets[0].Fate != Stale || d.Resets[1].Fate != Believed || d.Resets[1].Provoker != 9 {
		t.Errorf("decisive #%d, %+v", d.Decisive, d.Resets)
	}
}

// TestDuplicates: frames captured twice on their way count once, and
// retransmissions are none.
func TestDuplicates(t *testing.T) {
	tr, err := trace.Parse(served + "server > client RST,ACK")
	if err != nil {
		t.Fatal(err)
	}
	var twice []capture.Segment
	for i, s := range tr.Evidence.Segments {
		s.ID, s.IPID = 2*i+1, uint16(100+i)
		copied := s
		copied.ID, copied.TTL, copied.Time = s.ID+1, s.TTL-1, s.Time.Add(40*time.Microsecond)
		twice = append(twice, s, copied)
	}
	d := first(twice, nil)
	if n := len(tr.Evidence.Segments); d.Duplicates != n || len(d.Resets) != 1 || len(d.Signs) != 0 || d.Exchange.Request.Resent != 0 {
		t.Errorf("%d of %d dropped, %+v, %+v", d.Duplicates, n, d.Resets, d.Signs)
	}
	again := of(t, served+"client > server PSH,ACK len 3\nclient > server PSH,ACK seq 51 len 3", func(list []capture.Segment) {
		for i := range list {
			list[i].IPID = uint16(100 + i)
		}
	})
	if again.Duplicates != 0 || again.Exchange.Request.Resent != 1 {
		t.Errorf("a retransmission: %d dropped, %+v", again.Duplicates, again.Exchange)
	}
}

// TestVantage tells on which side a capture was taken.
func TestVantage(t *testing.T) {
	tests := []struct {
		name, text string
		ttls       [2]uint8
		place      Place
	}{
		{"at the client", "0.0 client > server SYN\n0.05 server > client SYN,ACK\n0.0501 client > server ACK", [2]uint8{64, 50}, AtClient},
		{"at the server", "0.0 client > server SYN\n0.0001 server > client SYN,ACK\n0.05 client > server ACK", [2]uint8{116, 64}, AtServer},
		{"between", "0.0 client > server SYN\n0.02 server > client SYN,ACK\n0.05 client > server ACK", [2]uint8{60, 55}, Between},
		{"one says this, the other that", "0.0 client > server SYN\n0.05 server > client SYN,ACK\n0.0501 client > server ACK", [2]uint8{50, 64}, PlaceOpen},
		{"in the middle of it", "0.0 client > server PSH,ACK seq 9 ack 9 len 5\n0.05 server > client ACK seq 9 ack 14", [2]uint8{64, 64}, PlaceOpen},
	}
	for _, tt := range tests {
		d := of(t, tt.text, func(list []capture.Segment) {
			for i := range list {
				list[i].TTL = tt.ttls[0]
				if list[i].Src != list[0].Src {
					list[i].TTL = tt.ttls[1]
				}
			}
		})
		if d.Vantage.Place != tt.place || d.Vantage.Sure {
			t.Errorf("%s: %+v, want %s", tt.name, d.Vantage, tt.place)
		}
	}
}

// TestCutShort: what is left of a connection whose begin or end was not captured
// says less, and does not make a retry safe that is not.
func TestCutShort(t *testing.T) {
	for _, text := range []string{
		served + "10.0 client > server PSH,ACK len 50\n10.001 server > client RST,ACK",
		opened + "client > server PSH,ACK len 50\nserver > client ACK len 1460\nserver > client RST,ACK",
		served + "1.0 client > server PSH,ACK len 50\n1.3 client > server PSH,ACK seq 51 len 50\n2.001 server > client RST seq 81",
	} {
		tr, err := trace.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		list := tr.Evidence.Segments
		for n := 1; n < len(list); n++ {
			d := first(list[n:], nil)
			if d.Retry.Safety == Safe || d.Retry.Safety == NotNeeded && d.Exchange.Request.Sent > 0 {
				t.Errorf("%d segments cut off: a retry is %s: %s\n%s", n, d.Retry.Safety, d.Retry.Why, text)
			}
			if d.Connection.Midway && len(d.Unknown) == 0 {
				t.Errorf("%d segments cut off, and nothing is unknown", n)
			}
			if d = first(list[:len(list)-n], nil); d.Situation.Name == "" || len(d.Resets) > 0 && n > 0 {
				t.Errorf("%d segments cut off at the end: %s, %v", n, d.Situation.Name, d.Resets)
			}
		}
	}
}

// TestKeeper: of a long connection the first and the last segments are kept, and
// it is said where others are missing.
func TestKeeper(t *testing.T) {
	var k Keeper
	const all = keepFirst + keepLast + 1000
	for i := range all {
		k.Add(int64(i)*1e6, uint32(i+1), frameOf(i))
	}
	e := k.Evidence(survey.Connection{}, nil)
	if len(e.Segments) != keepFirst+keepLast || e.LeftOut != 1000 || e.Gap != keepFirst+1000+1 || e.Segments[len(e.Segments)-1].ID != all ||
		!slices.IsSortedFunc(e.Segments, func(a, b capture.Segment) int { return a.ID - b.ID }) {
		t.Errorf("%d kept, %d left out before #%d, the last is #%d", len(e.Segments), e.LeftOut, e.Gap, e.Segments[len(e.Segments)-1].ID)
	}
	for i := range e.Segments {
		if s := &e.Segments[i]; int(s.Seq) != s.ID-1 || len(s.Frame.Data) != 40 {
			t.Fatalf("#%d has sequence number %d, %d octets", s.ID, s.Seq, len(s.Frame.Data))
		}
	}
}

// frameOf is an IPv4 datagram with a TCP segment of this sequence number.
func frameOf(seq int) capture.Frame {
	b := make([]byte, 40)
	copy(b, []byte{0x45, 0, 0, 40, 0, 1, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0x9c, 0x40, 0, 80})
	b[24], b[25], b[26], b[27] = byte(seq>>24), byte(seq>>16), byte(seq>>8), byte(seq)
	b[32], b[33], b[34] = 0x50, byte(capture.ACK), 1
	return capture.Frame{Link: capture.LinkRaw, Data: b, Wire: len(b)}
}

// TestGap: behind segments that were left out a connection is followed on.
func TestGap(t *testing.T) {
	tr, err := trace.Parse(served + "1.0 server > client PSH,ACK seq 900000 ack 700 len 10\n1.01 client > server ACK seq 700 ack 900010\n" +
		"1.1 client > server PSH,ACK seq 700 ack 900010 len 5\n1.2 server > client RST,ACK seq 900010 ack 705")
	if err != nil {
		t.Fatal(err)
	}
	tracker := survey.New(0, nil)
	list := tr.Evidence.Segments
	for i := range list {
		b := brief(&list[i])
		tracker.Add(list[i].Time.UnixNano(), uint32(list[i].ID), &b)
	}
	for c := range tracker.Connections() {
		d := Of(Evidence{Connection: c, Segments: list, LeftOut: 5000, Gap: 8})
		if d.Decisive != 11 || d.Resets[0].Fate != Believed || d.Exchange.Request.Sent != 5 {
			t.Errorf("decisive #%d, %+v, %+v", d.Decisive, d.Resets, d.Exchange)
		}
	}
}

// TestLostAfterBothFINs: what a side sent while it closed may not have been
// taken, even where a RST ends nothing.
func TestLostAfterBothFINs(t *testing.T) {
	tests := []struct{ last, says string }{
		{"server > client FIN,ACK\nclient > server RST seq 52", "nothing was lost by it"},
		{"server > client PSH,ACK len 24\nserver > client FIN,ACK\nclient > server RST seq 52", "24 octets of the server were not taken any more"},
	}
	for _, tt := range tests {
		d := of(t, served+"client > server FIN,ACK\n"+tt.last, nil)
		if d.Situation.Name != "harmless reset" || !strings.HasSuffix(d.Situation.Says, tt.says) {
			t.Errorf("%s: %q: %s", tt.last, d.Situation.Name, d.Situation.Says)
		}
	}
}
