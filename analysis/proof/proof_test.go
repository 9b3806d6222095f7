package proof

import (
	"slices"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recorded"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// runOf is a recorded run of a scenario over IPv4.
func runOf(t *testing.T, name string) *analysis.Run {
	t.Helper()
	runs, err := recorded.Runs()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range runs {
		if r.Scenario == name && r.Family == scenario.IPv4 {
			return r
		}
	}
	t.Fatalf("%s was not recorded", name)
	return nil
}

func TestPlan(t *testing.T) {
	trials := Plan(runOf(t, "broken-pipe"), runOf(t, "broken-pipe").Verdicts)
	var kinds []Kind
	for _, a := range trials.Actions {
		kinds = append(kinds, a.Kind)
	}
	if want := []Kind{Withhold, Take, Withhold, Take, Take, Forge, Dose}; !slices.Equal(kinds, want) {
		t.Fatalf("planned %v, not %v", kinds, want)
	}
	close, fin, data := trials.Actions[0], trials.Actions[1], trials.Actions[3]
	if want := (CallKey{Role: scenario.Server, Op: scenario.OpClose, Conn: close.Call.Conn, Nth: 1}); close.Call != want {
		t.Errorf("%+v is withheld, not %+v", close.Call, want)
	}
	if k := fin.Segment; k.Flags != capture.FIN|capture.ACK || k.FromDialer || k.Arm != Accepted || k.Exact {
		t.Errorf("the FIN is %+v", k)
	}
	if k := data.Segment; !k.Data || !k.FromDialer || k.Arm != Sending || k.Sender.Op != scenario.OpWrite || k.Sender.Nth != 2 {
		t.Errorf("the data is %+v", k)
	}
	forge := trials.Actions[5]
	if forge.HoldSegment != data.Segment || forge.HoldCall != (CallKey{}) {
		t.Errorf("what is held back is %+v %+v", forge.HoldCall, forge.HoldSegment)
	}
}

// TestJudge: a link is proven if the call returns something else without its
// first member, and refuted if it returns the same, or if the segment alone does
// not do it.
func TestJudge(t *testing.T) {
	r := runOf(t, "reset-on-read")
	at := slices.IndexFunc(r.Verdicts, func(v analysis.Verdict) bool { return v.Fault == scenario.ECONNRESET })
	v := r.Verdicts[at]
	for name, c := range map[string]struct {
		without, alone        scenario.Fault
		necessary, sufficient analysis.Shown
	}{
		"right":             {scenario.Deadline, scenario.ECONNRESET, analysis.Proven, analysis.Proven},
		"not necessary":     {scenario.ECONNRESET, scenario.ECONNRESET, analysis.Refuted, analysis.Proven},
		"not sufficient":    {scenario.Deadline, scenario.Deadline, analysis.Proven, analysis.Refuted},
		"neither":           {scenario.ECONNRESET, "", analysis.Refuted, analysis.Refuted},
		"another error now": {scenario.EPIPE, scenario.ECONNRESET, analysis.Proven, analysis.Proven},
	} {
		t.Run(name, func(t *testing.T) {
			trials := Plan(r, []analysis.Verdict{v})
			for _, a := range trials.Actions {
				fault := c.without
				if a.Kind == Forge {
					fault = c.alone
				}
				trials.Add(a, resultOf(r, trials.Finals(a)[0], fault))
			}
			p := trials.Judge()[0]
			last := p.Links[len(p.Links)-1]
			if p.Necessary != c.necessary || p.Sufficient != c.sufficient {
				t.Errorf("necessary %s, sufficient %s, not %s and %s", p.Necessary, p.Sufficient, c.necessary, c.sufficient)
			}
			if right := c.necessary == analysis.Proven && c.sufficient == analysis.Proven; p.Refuted() == right || (last.Finding == analysis.Proven) != right {
				t.Errorf("refuted: %v; the last link: %+v", p.Refuted(), last)
			}
		})
	}
}

// TestJudgeTroubled: an experiment that could not be made shows nothing, and why
// is told of both legs.
func TestJudgeTroubled(t *testing.T) {
	r := runOf(t, "reset-on-read")
	at := slices.IndexFunc(r.Verdicts, func(v analysis.Verdict) bool { return v.Fault == scenario.ECONNRESET })
	trials := Plan(r, r.Verdicts[at:at+1])
	const lost = "the capture lost 3 frames of that trial"
	for _, a := range trials.Actions {
		result := resultOf(r, trials.Finals(a)[0], scenario.ECONNRESET)
		result.Taken, result.Trouble = 0, lost // the same result, and no such segment seen
		trials.Add(a, result)
	}
	p := trials.Judge()[0]
	if p.Necessary != analysis.NotTestable || p.Sufficient != analysis.NotTestable || p.Refuted() {
		t.Errorf("necessary %s, sufficient %s", p.Necessary, p.Sufficient)
	}
	if p.Excuse != lost || p.Without != nil {
		t.Errorf("the excuse is %q; a world without: %v", p.Excuse, p.Without != nil)
	}
}

// TestJudgeWithout: where a segment was never sent, and so not taken, there is no
// world without it.
func TestJudgeWithout(t *testing.T) {
	r := runOf(t, "reset-on-read")
	at := slices.IndexFunc(r.Verdicts, func(v analysis.Verdict) bool { return v.Fault == scenario.ECONNRESET })
	for _, taken := range []uint64{0, 1} {
		trials := Plan(r, r.Verdicts[at:at+1])
		for _, a := range trials.Actions {
			result := resultOf(r, trials.Finals(a)[0], scenario.Deadline)
			result.Taken = taken
			trials.Add(a, result)
		}
		if p := trials.Judge()[0]; (p.Without != nil) != (taken > 0) {
			t.Errorf("%d segments taken: a world without: %v", taken, p.Without != nil)
		}
	}
}

// resultOf is a performance in which nothing is sent and the final call returns
// a fault.
func resultOf(r *analysis.Run, final CallKey, fault scenario.Fault) *Result {
	now := time.Unix(1, 0)
	e := scenario.Event{ID: 1, Role: final.Role, Op: final.Op, Start: now, End: now, Fault: fault}
	return &Result{Calls: map[CallKey]scenario.Event{final: e}, Run: &analysis.Run{Evidence: analysis.Evidence{Model: r.Evidence.Model}},
		Withheld: now, Armed: now, Taken: 1, Forged: 1, Over: now}
}

// TestCounter: a call that is withheld has its number, and those after it theirs.
func TestCounter(t *testing.T) {
	write := scenario.Event{Conn: 2, Role: scenario.Client, Op: scenario.OpWrite}
	c := NewCounter()
	first, second := c.Begin(write), c.Begin(write)
	c.Made(second)
	write.ID, write.N = 7, 3
	calls := c.Calls([]scenario.Event{write})
	if e, made := calls[second]; !made || e.ID != 7 || len(calls) != 1 {
		t.Errorf("%+v were made, not %+v alone", calls, second)
	}
	if first.Nth != 1 || second.Nth != 2 {
		t.Errorf("they are numbered %d and %d", first.Nth, second.Nth)
	}
}
