package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"

	"github.com/rstwatch/rstwatch/analysis"
)

// TestAll compares the table of many runs with its golden: all well; two of a
// kind, over both families; not all well, and some not made.
func TestAll(t *testing.T) {
	var well, mixed []*analysis.Run
	for _, s := range six() {
		well = append(well, s.make(t))
	}
	for _, s := range stories() {
		switch s.name {
		case "reset-on-read", "over-ipv6", "inconclusive", "unexpected", "interrupted":
			mixed = append(mixed, s.make(t), s.make(t))
		}
	}
	skipped := []Skipped{{"forged-reset", "needs a private network namespace"}, {"evil\x1b[2J", "\u202eno"}}
	var out strings.Builder
	for _, c := range []struct {
		name    string
		runs    []*analysis.Run
		o       Options
		skipped []Skipped
	}{
		{"80 columns", well, Options{Width: 80}, nil},
		{"120 columns", well, Options{Width: 120}, nil},
		{"not all well", mixed, Options{Width: 80}, skipped},
		{"not all well, ASCII", mixed, Options{Width: 120, ASCII: true}, skipped},
		{"nothing made", nil, Options{Width: 80}, skipped},
	} {
		var b bytes.Buffer
		if err := All(&b, c.runs, c.o, c.skipped...); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if w := lipgloss.Width(strings.TrimSuffix(line, "\n")); w > c.o.Width {
				t.Errorf("%s: %d columns: %q", c.name, w, line)
			}
		}
		out.WriteString("-- " + c.name + " --\n" + b.String())
	}
	compare(t, "all.txt", out.String())
}

// TestBrief: the table of runs of which only the first of a kind is whole is
// that of the runs.
func TestBrief(t *testing.T) {
	var whole, brief []*analysis.Run
	for _, s := range six() {
		first := s.make(t)
		whole = append(whole, first, s.make(t), s.make(t))
		brief = append(brief, first, Brief(s.make(t)), Brief(s.make(t)))
	}
	var want, got bytes.Buffer
	if err := All(&want, whole, Options{Width: 80}); err != nil {
		t.Fatal(err)
	}
	if err := All(&got, brief, Options{Width: 80}); err != nil {
		t.Fatal(err)
	}
	if got.String() != want.String() {
		t.Errorf("with brief runs:\n%swithout:\n%s", got.String(), want.String())
	}
}

// TestNotRun: what was skipped is said in every form of a report.
func TestNotRun(t *testing.T) {
	run := six()[0].make(t)
	skipped := Skipped{"forged-reset", "needs a private network namespace"}
	for name, print := range map[string]func(*bytes.Buffer) error{
		"in full":  func(b *bytes.Buffer) error { return Runs(b, []*analysis.Run{run}, Options{}, skipped) },
		"repeated": func(b *bytes.Buffer) error { return Runs(b, []*analysis.Run{run, run}, Options{}, skipped) },
		"wrong":    func(b *bytes.Buffer) error { return Wrong(b, []*analysis.Run{run}, Options{}, skipped) },
	} {
		var b bytes.Buffer
		if err := print(&b); err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(b.String(), "\nskipped: forged-reset: needs a private network namespace\n") {
			t.Errorf("%s:\n%s", name, b.String())
		}
	}
	var b bytes.Buffer
	if err := JSON(&b, nil, skipped); err != nil || !strings.Contains(b.String(), `"scenario": "forged-reset"`) {
		t.Errorf("JSON: %v\n%s", err, b.String())
	}
}
