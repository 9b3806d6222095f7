package analysis_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// transfer is the evidence of a client that writes n times, each write one
// segment that is acknowledged, and of reads beside them that never return.
func transfer(n, blocked int) analysis.Evidence {
	client, server := netip.MustParseAddrPort("192.0.2.1:40000"), netip.MustParseAddrPort("192.0.2.2:80")
	e := analysis.Evidence{Model: analysis.Linux()}
	at := time.Unix(1, 0)
	segment := func(from, to netip.AddrPort, flags capture.Flags, seq, ack, size int) {
		at = at.Add(10 * time.Microsecond)
		e.Segments = append(e.Segments, capture.Segment{ID: len(e.Segments) + 1, Time: at, Src: from, Dst: to,
			Flags: flags, Seq: capture.Seq(seq), Ack: capture.Seq(ack), Len: size, Window: 65535})
	}
	call := func(op scenario.Op, asked int) *scenario.Event {
		e.Events = append(e.Events, scenario.Event{ID: len(e.Events) + 1, Conn: 1, Role: scenario.Client, Op: op,
			Local: client, Remote: server, Start: at, Asked: asked, N: asked})
		return &e.Events[len(e.Events)-1]
	}
	dial := call(scenario.OpDial, 0)
	segment(client, server, capture.SYN, 0, 0, 0)
	segment(server, client, capture.SYN|capture.ACK, 0, 1, 0)
	segment(client, server, capture.ACK, 1, 1, 0)
	dial.End = at
	for range blocked {
		call(scenario.OpRead, 16).N = 0
	}
	for i := range n {
		w := call(scenario.OpWrite, 100)
		segment(client, server, capture.PSH|capture.ACK, 1+100*i, 1, 100)
		segment(server, client, capture.ACK, 1, 101+100*i, 0)
		w.End = at
	}
	segment(server, client, capture.RST|capture.ACK, 1, 1+100*n, 0)
	at = at.Add(time.Millisecond)
	last := call(scenario.OpWrite, 1)
	last.N, last.Fault, last.End = 0, scenario.ECONNRESET, at.Add(time.Microsecond)
	return e
}

// TestLarge: neither a long connection nor calls that wait for ever keep the
// replay from telling what happened.
func TestLarge(t *testing.T) {
	for _, c := range []struct{ writes, blocked int }{{10000, 0}, {500, 12}} {
		x := analysis.Explain(transfer(c.writes, c.blocked))
		if len(x.Verdicts) != 1 || x.Outcome != analysis.Explained {
			t.Errorf("%d writes, %d blocked reads: %v, %d verdicts", c.writes, c.blocked, x.Outcome, len(x.Verdicts))
		}
	}
}

// TestCrowd: calls at once are more orders than can be told apart, which must
// neither take for ever nor make a guess.
func TestCrowd(t *testing.T) {
	for _, c := range []struct{ readers, octets int }{{20, 500}, {1000, 100}} {
		e := crowd(c.readers, c.octets)
		begun := time.Now()
		if x := analysis.Explain(e); x.Outcome != analysis.Inconclusive || len(x.Verdicts) == 0 {
			t.Errorf("%d readers of %d octets: %v, %d verdicts", c.readers, c.octets, x.Outcome, len(x.Verdicts))
		}
		if took := time.Since(begun); took > 30*time.Second { // a hundredth of it is enough
			t.Errorf("%d readers of %d octets: it took %v", c.readers, c.octets, took)
		}
	}
}

// crowd is the evidence of readers that wait on one socket while octets come
// one by one. In the end each of them is given one, but the last is told of the
// stream's end, though no FIN came.
func crowd(readers, octets int) analysis.Evidence {
	e := transfer(0, readers)
	rst := e.Segments[len(e.Segments)-1]
	e.Segments = e.Segments[:len(e.Segments)-1]
	e.Events = e.Events[:len(e.Events)-1]
	at := rst.Time
	for i := range octets {
		at = at.Add(time.Millisecond)
		s := rst
		s.ID, s.Time, s.Flags, s.Seq, s.Len = len(e.Segments)+1, at, capture.PSH|capture.ACK, capture.Seq(1+i), 1
		e.Segments = append(e.Segments, s)
	}
	for i := range e.Events[1:] {
		ev := &e.Events[1+i]
		ev.N, ev.End = 1, at.Add(time.Millisecond)
	}
	last := &e.Events[len(e.Events)-1]
	last.N, last.Fault = 0, scenario.EOF
	return e
}

func BenchmarkExplain(b *testing.B) {
	e := transfer(5000, 0)
	for b.Loop() {
		analysis.Explain(e)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(e.Segments)), "ns/segment")
}
