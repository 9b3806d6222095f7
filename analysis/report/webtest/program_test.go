package webtest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recording"
)

// program is rstwatch, built from the tree that is tested.
type program struct{ path string }

func newProgram(t *testing.T, dir string) *program {
	t.Helper()
	p := &program{filepath.Join(dir, "rstwatch")}
	out, err := exec.Command("go", "build", "-buildvcs=false", "-o", p.path, "../../../cmd/rstwatch").CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		missing(t, "the go command")
	}
	if err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return p
}

// run runs the program and returns what it prints. How the runs ended is not
// asked here; that it did what it should is.
func (p *program) run(t *testing.T, args ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, p.path, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	exit := (*exec.ExitError)(nil)
	switch {
	case err == nil:
	case errors.As(err, &exit) && exit.ExitCode() == 3:
		missing(t, "the right to capture: "+stderr.String())
	case errors.As(err, &exit) && (exit.ExitCode() == 1 || exit.ExitCode() == 5):
	default:
		t.Fatalf("%v: %v\n%s", cmd, err, stderr.Bytes())
	}
	return out
}

// runs reads a recording that the program has written.
func runs(t *testing.T, file string) []*analysis.Run {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := recording.Read(f, analysis.Linux())
	if err != nil || len(all) == 0 {
		t.Fatalf("%s has %d runs: %v", file, len(all), err)
	}
	return all
}
