package webtest

import (
	"path/filepath"
	"strings"
	"testing"
)

// testDiagnosis: the page of connections of a capture that has no calls is held
// to the same as that of runs.
func (s *suite) testDiagnosis(t *testing.T) {
	dir := t.TempDir()
	capture, file := filepath.Join(dir, "x.pcap"), filepath.Join(dir, "x.html")
	s.program.run(t, "run", "reset-on-write", "half-close", "--sandbox", "always", "-q", "-w", capture)
	s.program.run(t, "analyze", capture, "--conn", "0,1", "--format", "html", "-o", file)
	p := s.browser.open(t, file)
	p.media("screen", "prefers-reduced-motion", "reduce")
	for _, barrier := range p.barriers() {
		t.Error(barrier)
	}
	shown := call[[]shownRun](p, stepsJS)
	if len(shown) != 2 {
		t.Fatalf("%d connections of 2", len(shown))
	}
	for i, run := range shown {
		closed := false
		for _, step := range run.Steps {
			for _, end := range step.Ends {
				closed = closed || strings.Contains(strings.Join(end.Shown, " "), "CLOSED")
			}
		}
		if len(run.Steps) < 5 || !closed {
			t.Errorf("connection %d has %d steps, and is closed at their end: %v", i, len(run.Steps), closed)
		}
	}
	for _, barrier := range p.barriers() {
		t.Error(barrier)
	}
	for _, width := range widths() {
		for _, fault := range p.misplaced(width) {
			t.Errorf("%d px wide: %s", width, fault)
		}
	}
}
