package analysis

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/kernel"
)

// TestHear: what the kernel says of an RST, or does not say, stands beside what is
// inferred. A contradiction is a finding, and ends the verdict that rests on it.
func TestHear(t *testing.T) {
	at := time.Unix(1000, 0)
	rst := capture.Segment{ID: 3, Time: at, Src: here, Dst: there, Flags: capture.RST | capture.ACK, Seq: 7, Window: 64}
	said := func(reason string, stack ...string) []kernel.Signal {
		return []kernel.Signal{{ID: 1, Time: at, Kind: kernel.SendReset, Local: here, Remote: there, Reason: reason, Stack: stack, Seq: 7, HasSeq: true}}
	}
	other := []kernel.Signal{{ID: 1, Time: at, Kind: kernel.SetState, Local: here, Remote: there}}
	whole := Hearing{Backend: "ebpf", Whole: true, From: at.Add(-1), To: at.Add(1)}
	but := func(change func(*Hearing)) Hearing { h := whole; change(&h); return h }
	one := []Reason{AbortOnClose}
	for name, c := range map[string]struct {
		inferred []Reason
		strange  bool
		signals  []kernel.Signal
		hearing  Hearing
		heard    []Reason
		unheard  string
		finding  string // what it says, in part
	}{
		"they agree":                       {one, false, said("TCP_ABORT_ON_CLOSE"), whole, one, "", ""},
		"one of several is inferred":       {[]Reason{NoSocket, AbortOnClose}, false, said("TCP_ABORT_ON_CLOSE"), whole, one, "", ""},
		"one of several is heard":          {one, false, said("", "__tcp_close"), whole, []Reason{AbortOnClose, "TCP_ABORT_ON_LINGER", "TCP_ABORT_ON_MEMORY"}, "", ""},
		"they differ":                      {one, false, said("TCP_STATE"), whole, []Reason{TCPState}, "", "TCP_ABORT_ON_CLOSE as the reason of #3, and the kernel says TCP_STATE"},
		"they differ by the stack":         {one, false, said("", "tcp_disconnect"), whole, []Reason{TCPState, DisconnectWithData}, "", "TCP_STATE or TCP_DISCONNECT_WITH_DATA"},
		"they differ, though some is lost": {one, false, said("TCP_STATE"), but(func(h *Hearing) { h.Lost = 1 }), []Reason{TCPState}, "", "TCP_STATE"},
		"it has no reason":                 {one, false, said(""), whole, nil, "it sent this RST, and does not say why", ""},
		"a forged one":                     {nil, true, other, whole, nil, "", ""},
		"a forged one that it sent":        {nil, true, said("TCP_STATE"), whole, []Reason{TCPState}, "", "can not have sent #3"},
		"nothing is inferred":              {nil, false, said("TCP_STATE"), whole, []Reason{TCPState}, "", ""},
		"silent":                           {one, false, other, whole, nil, "it says nothing of this RST", "says nothing of it"},
		"some was lost":                    {one, false, other, but(func(h *Hearing) { h.Lost = 5 }), nil, "5 of its signals were lost", ""},
		"heard too late":                   {one, false, other, but(func(h *Hearing) { h.From = at.Add(1) }), nil, "it was asked only after this RST", ""},
		"not heard any more":               {one, false, other, but(func(h *Hearing) { h.To = at.Add(-1) }), nil, "it was asked only until before this RST", ""},
		"it does not tell of all":          {one, false, other, but(func(h *Hearing) { h.Whole = false }), nil, "it does not tell of every RST", ""},
		"it does not, and why":             {one, false, other, but(func(h *Hearing) { h.Whole, h.Without = false, "x" }), nil, "x", ""},
		"another host's":                   {one, false, nil, whole, nil, "it does not speak of the address that sent this RST", ""},
		"it may not be asked":              {one, false, nil, Hearing{Without: "no right"}, nil, "no right", ""},
		"nobody asked":                     {one, false, nil, Hearing{}, nil, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			x := &explainer{notes: map[int]Note{3: {Reasons: c.inferred, Strange: c.strange}},
				evidence: Evidence{Model: Linux(), Segments: []capture.Segment{rst}, Signals: c.signals, Hearing: c.hearing}}
			x.hear()
			n := x.notes[3]
			if !slices.Equal(n.Heard, c.heard) || n.Unheard != c.unheard {
				t.Errorf("heard %q, unheard %q, not %q, %q", n.Heard, n.Unheard, c.heard, c.unheard)
			}
			v := Verdict{Event: 1, Inferred: c.inferred, Chain: []Link{{Segment: 3}, {Event: 1}}}
			x.hold(&v)
			if c.inferred != nil && (!slices.Equal(v.Heard, c.heard) || v.Unheard != c.unheard) {
				t.Errorf("the verdict: heard %q, unheard %q", v.Heard, v.Unheard)
			}
			if (v.Outcome == Unexplained) != (c.finding != "") || (len(x.out.Findings) == 1) != (c.finding != "") {
				t.Errorf("%s, findings %+v", v.Outcome, x.out.Findings)
			}
			if c.finding != "" && !strings.Contains(v.Because, c.finding) {
				t.Errorf("it says %q", v.Because)
			}
		})
	}
}

// TestFindingOfItsOwn: a contradiction about an RST that no error comes from is
// told all the same, and the run is not explained.
func TestFindingOfItsOwn(t *testing.T) {
	x := &explainer{notes: map[int]Note{}, out: Explanation{Findings: []Finding{{Segment: 3, Because: "of #3"}, {Segment: 4, Because: "of #4"}},
		Verdicts: []Verdict{{Event: 1, Chain: []Link{{Segment: 4}, {Event: 1}}}}}}
	x.finish()
	if x.out.Outcome != Unexplained || x.out.Verdicts[0].Because != "of #4" {
		t.Errorf("%s, %+v", x.out.Outcome, x.out.Verdicts)
	}
	if rest := x.out.Untold(); len(rest) != 1 || rest[0].Segment != 3 {
		t.Errorf("untold: %+v", rest)
	}
}

// TestOtherKernelsRules: what this kernel did says nothing of another system's
// results.
func TestOtherKernelsRules(t *testing.T) {
	at := time.Unix(1000, 0)
	x := &explainer{notes: map[int]Note{1: {Reasons: []Reason{AbortOnClose}}}, evidence: Evidence{Model: Darwin(),
		Segments: []capture.Segment{{ID: 1, Time: at, Src: here, Dst: there, Flags: capture.RST | capture.ACK, Seq: 7, Window: 64}},
		Signals:  []kernel.Signal{{ID: 1, Time: at, Kind: kernel.SendReset, Local: here, Remote: there, Reason: "TCP_STATE"}}}}
	x.hear()
	if n := x.notes[1]; n.Heard != nil || x.out.Findings != nil {
		t.Errorf("%+v, %+v", n, x.out.Findings)
	}
}
