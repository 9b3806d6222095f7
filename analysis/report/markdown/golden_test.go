package markdown

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/scenario"
)

// update makes the goldens say what is written now: go test -update.
var update = flag.Bool("update", false, "write the golden files anew")

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
		path := filepath.Join("testdata", name+".md")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); d != "" {
			t.Errorf("%s (-want +got), go test -update makes it so\n%s", path, d)
		}
	}
}
