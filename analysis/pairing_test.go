package analysis

import (
	"net/netip"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/kernel"
)

var (
	here  = netip.MustParseAddrPort("127.0.0.1:80")
	there = netip.MustParseAddrPort("127.0.0.2:1024")
)

// TestPairResets: a signal belongs to the RST of its addresses, its kind and its
// number, wherever it stands in the list.
func TestPairResets(t *testing.T) {
	at := time.Unix(1000, 0)
	abort := func(id int, seq capture.Seq, after time.Duration) capture.Segment {
		return capture.Segment{ID: id, Time: at.Add(after), Src: here, Dst: there, Flags: capture.RST | capture.ACK, Seq: seq, Window: 64}
	}
	answer := func(id int, seq capture.Seq, after time.Duration) capture.Segment {
		return capture.Segment{ID: id, Time: at.Add(after), Src: here, Dst: there, Flags: capture.RST, Seq: seq}
	}
	said := func(id int, reason string, answers bool, seq uint32, after time.Duration) kernel.Signal {
		return kernel.Signal{ID: id, Time: at.Add(after), Kind: kernel.SendReset, Local: here, Remote: there,
			Reason: reason, Answers: answers, Seq: seq, HasSeq: true}
	}
	unnumbered := said(1, "NO_SOCKET", true, 0, 0)
	unnumbered.HasSeq = false
	listener := unnumbered
	listener.Remote = netip.AddrPortFrom(netip.IPv4Unspecified(), 0)
	otherKind := said(1, "TCP_STATE", false, 7, 0)
	otherKind.Kind = kernel.ReceiveReset
	turned := said(1, "TCP_STATE", false, 7, 0)
	turned.Local, turned.Remote = there, here
	for name, c := range map[string]struct {
		segments []capture.Segment
		signals  []kernel.Signal
		forged   int         // of this RST no reason is inferred
		want     map[int]int // the signal of each segment
	}{
		"one":                               {[]capture.Segment{abort(1, 7, 0)}, []kernel.Signal{said(1, "TCP_STATE", false, 7, time.Microsecond)}, 0, map[int]int{1: 1}},
		"told of in another order":          {[]capture.Segment{abort(1, 7, 0), answer(2, 9, 1)}, []kernel.Signal{said(1, "NO_SOCKET", true, 9, 5), said(2, "TCP_STATE", false, 7, 9)}, 0, map[int]int{1: 2, 2: 1}},
		"two answers by their numbers":      {[]capture.Segment{answer(1, 7, 0), answer(2, 9, 1)}, []kernel.Signal{said(1, "NO_SOCKET", true, 9, 0), said(2, "TCP_FLAGS", true, 7, 1)}, 0, map[int]int{1: 2, 2: 1}},
		"an answer of another number":       {[]capture.Segment{answer(1, 7, 0)}, []kernel.Signal{said(1, "NO_SOCKET", true, 8, 0)}, 0, nil},
		"no number is given":                {[]capture.Segment{answer(1, 7, 0)}, []kernel.Signal{unnumbered}, 0, map[int]int{1: 1}},
		"a listener names no peer":          {[]capture.Segment{answer(1, 7, 0)}, []kernel.Signal{listener}, 0, map[int]int{1: 1}},
		"an abort is no answer":             {[]capture.Segment{abort(1, 7, 0)}, []kernel.Signal{said(1, "NO_SOCKET", true, 7, 0)}, 0, nil},
		"another event":                     {[]capture.Segment{abort(1, 7, 0)}, []kernel.Signal{otherKind}, 0, nil},
		"the other way":                     {[]capture.Segment{abort(1, 7, 0)}, []kernel.Signal{turned}, 0, nil},
		"its number, long after":            {[]capture.Segment{abort(1, 7, 0)}, []kernel.Signal{said(1, "TCP_STATE", false, 7, time.Minute)}, 0, map[int]int{1: 1}},
		"another number, long after":        {[]capture.Segment{abort(1, 7, 0)}, []kernel.Signal{said(1, "TCP_STATE", false, 8, time.Minute)}, 0, nil},
		"of two with its number the nearer": {[]capture.Segment{abort(1, 7, 0)}, []kernel.Signal{said(1, "TCP_STATE", false, 7, time.Minute), said(2, "TCP_ABORT_ON_CLOSE", false, 7, time.Second)}, 0, map[int]int{1: 2}},
		"a forged one stands nearer":        {[]capture.Segment{abort(1, 7, 0), abort(2, 7, 9)}, []kernel.Signal{said(1, "TCP_STATE", false, 7, 1)}, 1, map[int]int{2: 1}},
		"one signal is one RST's":           {[]capture.Segment{abort(1, 7, 0), abort(2, 7, 9)}, []kernel.Signal{said(1, "TCP_STATE", false, 7, 0)}, 0, map[int]int{1: 1}},
		"the number counts, not stamps":     {[]capture.Segment{abort(1, 7, 0)}, []kernel.Signal{said(1, "TCP_STATE", false, 9, 0), said(2, "TCP_STATE", false, 7, 99)}, 0, map[int]int{1: 2}},
		"a segment that is no RST":          {[]capture.Segment{{ID: 1, Time: at, Src: here, Dst: there, Flags: capture.ACK}}, []kernel.Signal{said(1, "NO_SOCKET", true, 0, 0)}, 0, nil},
		"an abort whose window had shut":    {[]capture.Segment{abort(1, 6, 0)}, []kernel.Signal{said(1, "TCP_STATE", false, 7, 0)}, 0, map[int]int{1: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			got := pairResets(c.segments, c.signals, func(s *capture.Segment) bool { return s.ID != c.forged })
			if len(got) != len(c.want) {
				t.Errorf("%d of the RSTs have a signal, not %d", len(got), len(c.want))
			}
			for id, signal := range c.want {
				if got[id] == nil || got[id].ID != signal {
					t.Errorf("the signal of #%d is %+v, not %d", id, got[id], signal)
				}
			}
		})
	}
}
