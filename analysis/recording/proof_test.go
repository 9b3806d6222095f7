package recording

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/analysis"
)

func TestProofThereAndBack(t *testing.T) {
	p := &analysis.Proof{Necessary: analysis.Proven, Sufficient: analysis.Refuted, Excuse: "none",
		Links: []analysis.LinkProof{{From: analysis.Link{Segment: 6}, To: analysis.Link{Event: 8}, Finding: analysis.Refuted,
			Trials: []int{1, 2}, Because: "read returned \"ECONNRESET\" all the same"}},
		Trials: []analysis.Trial{{Number: 1, What: "without #6", Result: "read blocked until its deadline"}},
		Doses:  []analysis.Dose{{What: "one after the exact number", Offset: 1, Saw: analysis.Challenged, Model: analysis.Challenged, Rule: "rst-not-exact"}}}
	with := *p
	with.Without = &analysis.Run{}
	fields := proofFields(&with)
	if len(fields) != 1 || fields[0].Name != proofName {
		t.Fatalf("%+v", fields)
	}
	back, err := proof(unquote(fields[0].Value))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(p, back); d != "" {
		t.Error(d)
	}
}

func TestProofRefused(t *testing.T) {
	for _, text := range []string{"", "{", `{"Necessary":"sure","Sufficient":"proven"}`, `{"Necessary":"proven","Sufficient":"proven","Links":[{"Finding":"x"}]}`} {
		if _, err := proof(text); err == nil || !strings.Contains(err.Error(), proofName) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
