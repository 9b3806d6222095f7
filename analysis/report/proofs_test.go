package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// TestProofsSayWhy: below the table stands why something can not be tested, of a
// link or of the cause as a whole, each once.
func TestProofsSayWhy(t *testing.T) {
	const link, whole = "of the link", "of the whole"
	for _, c := range []struct {
		proof analysis.Proof
		want  string
	}{
		{analysis.Proof{Excuse: whole}, whole},
		{analysis.Proof{Excuse: whole, Links: []analysis.LinkProof{{Finding: analysis.NotTestable, Because: link}}}, link + "; " + whole},
		{analysis.Proof{Excuse: link, Links: []analysis.LinkProof{{Finding: analysis.NotTestable, Because: link}}}, link},
		{analysis.Proof{}, "the reason was not recorded"},
	} {
		c.proof.Necessary, c.proof.Sufficient = analysis.Proven, analysis.NotTestable
		r := &analysis.Run{Scenario: "a", Evidence: analysis.Evidence{Events: []scenario.Event{{ID: 1, Role: scenario.Client, Op: scenario.OpRead}}}}
		r.Verdicts = []analysis.Verdict{{Event: 1, Proof: &c.proof}}
		var b bytes.Buffer
		if err := Proofs(&b, []*analysis.Run{r}, Options{Width: 100}); err != nil {
			t.Fatal(err)
		}
		if want := "not testable: a, client read: " + c.want + "\n"; !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
}
