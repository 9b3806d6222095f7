package excerpt

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture/redact"
)

// holdsVerdicts makes excerpts of a file in every way, and surveys them.
func holdsVerdicts(t *testing.T, path string) {
	t.Helper()
	resets := func(c survey.Connection) bool { return c.Reset != nil }
	before, after, plain := written(t, path, Options{}, every)
	same(t, path, before.Connections(), after.Connections(), true)
	if b, a := before.Summary().ICMP, after.Summary().ICMP; a > b {
		t.Errorf("%s: %d ICMP errors of %d", path, a, b)
	}
	before, after, redacted := written(t, path, Options{Redact: redact.New()}, every)
	same(t, path+", redacted", before.Connections(), after.Connections(), false)
	if len(redacted) > len(plain) {
		t.Errorf("%s: %d octets redacted, %d not", path, len(redacted), len(plain))
	}
	if _, _, again := written(t, path, Options{Redact: redact.New()}, every); !bytes.Equal(again, redacted) {
		t.Errorf("%s: redacted twice, it differs", path)
	}
	before, after, _ = written(t, path, Options{Classic: true, Redact: redact.New()}, resets)
	same(t, path+", redacted and classic", among(before, resets), after.Connections(), false)
}

// TestSameVerdicts: what an excerpt says of a connection is what the capture
// said, redacted or not.
func TestSameVerdicts(t *testing.T) {
	for _, path := range captures(t) {
		holdsVerdicts(t, path)
	}
}

// TestSameVerdictsGenerated: of connections that end in every way, on every
// link type.
func TestSameVerdictsGenerated(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	generate := filepath.Join(t.TempDir(), "genpcap")
	build := exec.Command("go", "build", "-o", generate, "./.ci/genpcap")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Skipf("needs the go command and the repository: %v\n%s", err, out)
	}
	for i, link := range []string{"ethernet", "raw", "null", "sll", "sll2"} {
		path := filepath.Join(t.TempDir(), "in.pcap")
		if out, err := exec.Command(generate, "-packets", "3000", "-at-once", "30", "-snap", []string{"96", "262144"}[i%2],
			"-link", link, "-format", []string{"pcap", "pcapng"}[i%2], "-o", path).CombinedOutput(); err != nil {
			t.Fatalf("genpcap: %v\n%s", err, out)
		}
		holdsVerdicts(t, path)
	}
}
