// Package golden holds what a test has made against a file in its testdata,
// and writes the file where the test runs with -update:
//
//	go test ./analysis/report/... -update
//
// It is for tests only; no program imports it.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Compare fails the test where a text is not that of the file of this name in
// the folder testdata, and shows which lines differ. With -update it writes the
// file instead.
func Compare(tb testing.TB, name, got string) {
	tb.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			tb.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		tb.Fatalf("%v (go test -update writes it)", err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); d != "" {
		tb.Errorf("%s (-want +got), go test -update makes it so\n%s", path, d)
	}
}
