package markdown

import (
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/internal/golden"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/scenario"
)

func TestGoldens(t *testing.T) {
	one := explained(t, "reset-on-read")
	six := explained(t, "reset-on-read")
	six.Family, six.Differs, six.Trouble = scenario.IPv6, "client read gave ECONNRESET, expected EOF", "interrupted"
	for name, got := range map[string]string{
		"one": written(t, []*analysis.Run{one}),
		"several": written(t, []*analysis.Run{one, six, explained(t, "another_one"), explained(t, "another_one")},
			report.Skipped{Scenario: "forged-reset", Reason: "needs a private network namespace"}),
		"none": written(t, nil),
	} {
		golden.Compare(t, name+".md", got)
	}
}
