package svg

import (
	"testing"

	"github.com/rstwatch/rstwatch/analysis/internal/golden"
)

// TestGoldens compares drawings with those in testdata, which a browser shows.
func TestGoldens(t *testing.T) {
	for _, name := range []string{"empty", "abort", "half-close", "rejected", "never-returns", "at-once"} {
		golden.Compare(t, name+".svg", draw1(t, explained(t, name, texts[name]), Options{}))
	}
}
