package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestListing(t *testing.T) {
	got := listing([]byte("  1 0.0  SYN   \n  2 0.1  " + strings.Repeat("é", 200) + "\n"))
	lines := strings.Split(got, "\n")
	if len(lines) != 4 || lines[1] != "  1 0.0  SYN" || len([]rune(lines[2])) != columns || !strings.HasSuffix(lines[2], "é…") || lines[3] != "" {
		t.Errorf("listed as %q", got)
	}
}

func TestFill(t *testing.T) {
	file := filepath.Join(t.TempDir(), "README.md")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const want = "above\n<!-- made: recording -->\n```\nnew\n```\n<!-- end of recording -->\nbelow\n"
	write("above\n<!-- made: recording -->\n<!-- end of recording -->\nbelow\n")
	for range 2 { // once more changes nothing
		if err := fill(file, "recording", "new\n"); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(file); string(got) != want {
			t.Fatalf("filled as %q", got)
		}
	}
	if err := fill(file, "ladder", "new\n"); err == nil {
		t.Error("a place that is not there is no error")
	}
	write("<!-- made: recording -->\nno end\n")
	if err := fill(file, "recording", "new\n"); err == nil {
		t.Error("a place without an end is no error")
	}
}
