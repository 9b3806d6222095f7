package webtest

import (
	_ "embed"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/analysis/report"
)

// shapesJS is a function that tells which elements each run of a page has.
//
//go:embed testdata/shapes.js
var shapesJS string

// testHostilePage: of runs that say the worst, the page has the same elements as
// of runs that say nothing, nothing of it runs or is fetched, and it is shown as
// text, also while one steps through it.
func (s *suite) testHostilePage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "run.pcapng")
	s.program.run(t, "run", "reset-on-write", "--sandbox", "always", "-q", "-w", file)
	from := runs(t, file)
	shapes := func(texts []string) ([][]string, string) {
		out := filepath.Join(t.TempDir(), "page.html")
		s.program.run(t, "analyze", spoilt(t, from, texts...), "--format", "html", "-o", out)
		p := s.browser.open(t, out)
		return call[[][]string](p, shapesJS), eval[string](p, `document.body.textContent`)
	}
	texts := hostile()
	want, _ := shapes(harmless(texts))
	got, shown := shapes(texts)
	if len(want) != len(texts) || len(got) != len(texts) {
		t.Fatalf("%d and %d runs of %d", len(want), len(got), len(texts))
	}
	for i, text := range texts {
		if d := cmp.Diff(want[i], got[i]); d != "" {
			t.Errorf("%q makes other elements (-harmless +this)\n%.2000s", text, d)
		}
		if plain := report.Clean(text); !strings.Contains(shown, plain) {
			t.Errorf("%q is not shown as %q", text, plain)
		}
	}
}
