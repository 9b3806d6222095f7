package golden

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// noted notes what a test would be told, and goes on.
type noted struct {
	testing.TB
	said []string
}

func (n *noted) Helper()               {}
func (n *noted) Fatal(...any)          { n.said = append(n.said, "fatal") }
func (n *noted) Errorf(string, ...any) { n.said = append(n.said, "error") }
func (n *noted) Fatalf(string, ...any) { n.said = append(n.said, "fatal") }

func TestCompare(t *testing.T) {
	t.Chdir(t.TempDir())
	defer func(was bool) { *update = was }(*update)
	if err := os.Mkdir("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		update    bool
		got, said string
	}{
		{true, "a\nb\n", ""}, {false, "a\nb\n", ""}, {false, "a\nc\n", "error"}, {false, "a\nb", "error"},
		{true, "c", ""}, {false, "c", ""},
	} {
		*update = c.update
		n := &noted{TB: t}
		Compare(n, "x.txt", c.got)
		if said := strings.Join(n.said, " "); said != c.said {
			t.Errorf("%+v: said %q", c, said)
		}
	}
	if b, err := os.ReadFile(filepath.Join("testdata", "x.txt")); err != nil || string(b) != "c" {
		t.Errorf("the file has %q, %v", b, err)
	}
}
