package analysis_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/trace"
	"github.com/rstwatch/rstwatch/scenario"
)

// TestTranslate: what another system would have returned is what its own rules
// explain.
func TestTranslate(t *testing.T) {
	for _, c := range sections(t, "linux.txtar") {
		tr, err := trace.Parse(string(c.Data))
		if err != nil {
			t.Fatal(err)
		}
		here := analysis.Explain(tr.Evidence)
		// XNU sends an RST when a timer gives up; a recording of Linux has none.
		timed := slices.ContainsFunc(here.Calls, func(c analysis.Call) bool { return c.Timer != "" })
		if here.Outcome != analysis.Explained || timed {
			continue
		}
		there := analysis.Translate(tr.Evidence, analysis.Darwin())
		for _, v := range here.Verdicts {
			i := slices.IndexFunc(there.Events, func(ev scenario.Event) bool { return ev.ID == v.Event })
			got := there.Events[i].Fault
			if there.Events[i].End.IsZero() {
				got = analysis.Blocks
			}
			if got != v.Elsewhere.Fault {
				t.Errorf("%s: call %d returns %q there, and its verdict says %q", c.Name, v.Event, got, v.Elsewhere.Fault)
			}
		}
		for _, v := range analysis.Explain(there).Verdicts {
			if v.Outcome == analysis.Unexplained {
				t.Errorf("%s: call %d %s: %s", c.Name, v.Event, v.Fault, v.Because)
			}
		}
	}
}

// TestTranslateResetOnWrite is the case that tutorials are wrong about.
func TestTranslateResetOnWrite(t *testing.T) {
	for _, c := range sections(t, "linux.txtar") {
		if c.Name != "reset on write" {
			continue
		}
		tr, err := trace.Parse(string(c.Data))
		if err != nil {
			t.Fatal(err)
		}
		var here, there []scenario.Fault
		for _, ev := range tr.Evidence.Events {
			here = append(here, ev.Fault)
		}
		for _, ev := range analysis.Translate(tr.Evidence, analysis.Darwin()).Events {
			there = append(there, ev.Fault)
		}
		n := len(here) - 3
		if got := there[n:]; got[0] != scenario.EPIPE || got[1] != scenario.EPIPE || got[2] != scenario.ECONNRESET {
			t.Errorf("linux %v, darwin %v", here[n:], got)
		}
		if same := analysis.Translate(tr.Evidence, analysis.Linux()); same.Events[n].Fault != here[n] {
			t.Error("a translation to the same system changes results")
		}
		return
	}
	t.Fatal("no such case")
}

// TestTranslateUnsent: a segment that the other system would not have sent is
// not laid to somebody else, as it is where nobody has translated.
func TestTranslateUnsent(t *testing.T) {
	tr, err := trace.Parse(`epoch 2026-01-02T03:04:05Z
0.000000..0.000001 server listen
0.000010..0.000100 client dial
0.000020 client > server SYN seq 0
0.000030 server > client SYN,ACK seq 0 ack 1
0.000040 client > server ACK seq 1 ack 1
0.000110..0.000120 server accept
0.000200..0.000220 client disconnect
0.000205 client > server RST,ACK seq 1 ack 1
0.000300..0.000310 server read 16 = ECONNRESET
`)
	if err != nil {
		t.Fatal(err)
	}
	there := analysis.Translate(tr.Evidence, analysis.Darwin())
	forged := tr.Evidence
	forged.Model, forged.Events = analysis.Darwin(), there.Events
	for want, e := range map[string]analysis.Evidence{
		"by these rules the client would not have sent it":             there,
		"no call of the client accounts for it: somebody else sent it": forged,
	} {
		x := analysis.Explain(e)
		v := x.Verdicts[slices.IndexFunc(x.Verdicts, func(v analysis.Verdict) bool { return v.Fault == scenario.ECONNRESET })]
		if !slices.ContainsFunc(v.Chain, func(l analysis.Link) bool { return strings.Contains(l.Because, want) }) {
			t.Errorf("%q is not said in %+v", want, v.Chain)
		}
	}
}
