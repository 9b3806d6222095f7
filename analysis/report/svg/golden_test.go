package svg

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// update makes the goldens say what is drawn now: go test -update.
var update = flag.Bool("update", false, "write the golden files anew")

// TestGoldens compares drawings with those in testdata, which a browser shows.
func TestGoldens(t *testing.T) {
	for _, name := range []string{"empty", "abort", "half-close", "rejected", "never-returns", "at-once"} {
		got := draw1(t, explained(t, name, texts[name]), Options{})
		path := filepath.Join("testdata", name+".svg")
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
