//go:build ignore

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// summarise runs real tests: a module of one package with this test file.
func summarise(t *testing.T, source string, flags ...string) (*summary, string, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module example\ngo 1.25\n", "x_test.go": source} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	sum, err := run(append([]string{"go", "test", "-C", dir, "-json"}, flags...), &out)
	sum.print(&out, err)
	return sum, out.String(), err
}

func TestSummary(t *testing.T) {
	const head = "package x\nimport (\"os\"; \"testing\"; \"time\")\nvar _, _ = os.Exit, time.Now\n"
	for _, c := range []struct {
		name, source, counts string
		shown                []string
		fails                bool
	}{
		{"all kinds", head + `
func TestA(t *testing.T) {}
func TestB(t *testing.T) { t.Skip("needs root") }
func TestC(t *testing.T) { t.Run("x", func(t *testing.T) {}); t.Run("y", func(t *testing.T) { t.Skip("needs root") }) }
func TestD(t *testing.T) { t.SkipNow() }`,
			"2 passed, 0 failed, 3 skipped", []string{"  2 × needs root\n  1 × no reason given\n"}, false},
		{"a subtest fails", head + `
func TestA(t *testing.T) { t.Run("x", func(t *testing.T) { t.Run("z", func(t *testing.T) { t.Error("broken here") }) }); t.Run("y", func(*testing.T) {}) }`,
			"1 passed, 1 failed, 0 skipped", []string{"broken here", "FAIL example TestA/x/z"}, true},
		{"a parent fails", head + `
func TestA(t *testing.T) { t.Run("x", func(*testing.T) {}); t.Error("broken here") }`,
			"1 passed, 1 failed, 0 skipped", []string{"broken here"}, true},
		{"does not build", head + `func TestA(t *testing.T) { nonsense }`,
			"0 passed, 1 failed, 0 skipped", []string{"undefined: nonsense"}, true},
		{"TestMain fails", head + `
func TestMain(m *testing.M) { m.Run(); println("no luck"); os.Exit(3) }
func TestA(t *testing.T) {}`,
			"1 passed, 1 failed, 0 skipped", []string{"no luck"}, true},
		{"panics", head + `
func TestA(t *testing.T) { t.Run("x", func(*testing.T) { panic("ouch") }) }`,
			"0 passed, 1 failed, 0 skipped", []string{"ouch"}, true},
		{"exits", head + `
func TestA(t *testing.T) { os.Exit(4) }`,
			"0 passed, 1 failed, 0 skipped", nil, true},
		{"times out", head + `
func TestA(t *testing.T) {}
func TestB(t *testing.T) { time.Sleep(time.Hour) }`,
			"1 passed, 1 failed, 0 skipped", []string{"timed out"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sum, out, err := summarise(t, c.source, "-timeout=2s")
			if sum.counts() != c.counts {
				t.Errorf("counted %s, want %s", sum.counts(), c.counts)
			}
			for _, want := range c.shown {
				if !strings.Contains(out, want) {
					t.Errorf("%q is not shown", want)
				}
			}
			if (err != nil) != c.fails {
				t.Errorf("error %v", err)
			}
			if t.Failed() {
				t.Log(out)
			}
		})
	}
}
