package recording_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recording"
	"github.com/rstwatch/rstwatch/capture/redact"
	"github.com/rstwatch/rstwatch/scenario"
)

// redacted holds that a run says the same once it is redacted, written and read,
// and returns the file.
func redacted(t *testing.T, r *analysis.Run) []byte {
	t.Helper()
	c, err := recording.Redact(r, redact.New())
	if err != nil {
		t.Fatal(err)
	}
	unheard := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Unheard" },
		cmp.Comparer(func(a, b string) bool { return (a == "") == (b == "") })) // its words are not kept
	if d := cmp.Diff(r.Explanation, c.Explanation, same(), unheard); d != "" {
		t.Errorf("%s: (-as it was +redacted)\n%s", r.Scenario, d)
	}
	c.Number = 1 // as the only one in its file
	b := write(t, c)
	if d := cmp.Diff(c, read(t, b)[0], same()); d != "" {
		t.Errorf("%s: (-redacted +read)\n%s", r.Scenario, d)
	}
	return b
}

// TestRedact: the verdicts stay, and no secret does.
func TestRedact(t *testing.T) {
	for _, f := range []scenario.Family{scenario.IPv4, scenario.IPv6} {
		r := fromText(t, 1, "SECRET", resetOnRead, f)
		at := r.Evidence.Segments[0].Src.Addr()
		r.Summary, r.Platform.Release, r.Capture.Interface, r.Capture.Backend = "SECRET", "SECRET", "SECRET0", "SECRET"
		r.Witness = "SECRET"
		r.Evidence.Hearing = analysis.Hearing{Backend: "SECRET", Without: "SECRET"}
		r.Explanation = analysis.Explain(r.Evidence)
		r.Trouble, r.Differs = "SECRET", "SECRET"
		for i := range r.Evidence.Events {
			if ev := &r.Evidence.Events[i]; ev.Fault != "" {
				ev.Err = "read tcp SECRET: " + ev.Err
			}
		}
		whole, b := write(t, r), redacted(t, r)
		for _, secret := range [][]byte{[]byte("SECRET"), at.AsSlice(), []byte(at.String())} {
			if !bytes.Contains(whole, secret) || bytes.Contains(b, secret) {
				t.Errorf("%q is left, or was not there", secret)
			}
		}
		if got := read(t, b)[0]; got.Result() != analysis.Interrupted || got.Differs == "" {
			t.Errorf("%s, %q, %q", got.Result(), got.Trouble, got.Differs)
		}
		if len(r.Scenario)+len(r.Summary) == 0 {
			t.Error("the run itself was changed")
		}
	}
}

// TestRedactForeign: words of another recorder become words of ours, one for one.
func TestRedactForeign(t *testing.T) {
	r := fromText(t, 1, "", resetOnRead, scenario.IPv4)
	r.Platform.OS, r.Family = "SECRET", "SECRET"
	for i := range r.Evidence.Events {
		ev := &r.Evidence.Events[i]
		ev.Role = map[scenario.Role]scenario.Role{scenario.Client: "SECRET-a", scenario.Server: "SECRET-b"}[ev.Role]
	}
	last := r.Evidence.Events[len(r.Evidence.Events)-1]
	last.ID++
	last.Op, last.Fault = "SECRET", "ESECRET"
	r.Evidence.Events = append(r.Evidence.Events, last)
	c, err := recording.Redact(r, redact.New())
	if err != nil {
		t.Fatal(err)
	}
	if b := write(t, c); bytes.Contains(b, []byte("SECRET")) {
		t.Error("a secret is left")
	}
	roles := map[scenario.Role]bool{}
	for _, ev := range c.Evidence.Events {
		roles[ev.Role] = true
	}
	end := c.Evidence.Events[len(c.Evidence.Events)-1]
	if len(roles) != 2 || end.Op != "other" || end.Fault != scenario.Other {
		t.Errorf("roles %v, and at the end %+v", roles, end)
	}
}

// TestRedactLiveRuns: so it is with what kernels did.
func TestRedactLiveRuns(t *testing.T) {
	for _, r := range liveRuns(t) {
		b := redacted(t, r)
		for _, ev := range r.Evidence.Events {
			if ev.Fault != "" && ev.Err != string(ev.Fault) && bytes.Contains(b, []byte(ev.Err)) {
				t.Errorf("%s: %q is left", r.Scenario, ev.Err)
			}
		}
		if slices.ContainsFunc(r.Verdicts, func(v analysis.Verdict) bool { return v.Outcome != analysis.Explained }) {
			t.Errorf("%s: not explained to begin with", r.Scenario)
		}
	}
}
