package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/internal/golden"
	"github.com/rstwatch/rstwatch/analysis/scene"
)

// view is one way to look at a run.
type view struct {
	name  string
	print func(*bytes.Buffer, *analysis.Run) error
	only  []string // stories; nil for all
}

func views() []view {
	full := func(o Options) func(*bytes.Buffer, *analysis.Run) error {
		return func(b *bytes.Buffer, r *analysis.Run) error { return Full(b, r, o) }
	}
	return []view{
		{name: "80 columns", print: full(Options{Width: 80})},
		{name: "120 columns", print: full(Options{Width: 120})},
		{name: "60 columns", print: full(Options{Width: 60}), only: someStories()},
		{name: "100 columns", print: full(Options{Width: 100}), only: someStories()},
		{name: "200 columns", print: full(Options{Width: 200}), only: someStories()},
		{name: "states, 80 columns", print: full(Options{Width: 80, States: true}), only: someStories()},
		{name: "states, 120 columns", print: full(Options{Width: 120, States: true}), only: someStories()},
		{name: "states, 60 columns, ASCII", print: full(Options{Width: 60, States: true, ASCII: true}), only: someStories()},
		{name: "80 columns, verbose", print: full(Options{Width: 80, Verbose: true})},
		{name: "80 columns, ASCII", print: full(Options{Width: 80, ASCII: true})},
		{name: "80 columns, colour", print: full(Options{Width: 80, Color: true}),
			only: []string{"reset-on-read", "half-close", "unexplained", "unexpected"}},
		{name: "in a table", print: func(b *bytes.Buffer, r *analysis.Run) error {
			return Runs(b, []*analysis.Run{r, r}, Options{Width: 80})
		}},
		{name: "JSON", print: func(b *bytes.Buffer, r *analysis.Run) error { return JSON(b, []*analysis.Run{r}) },
			only: []string{"reset-on-read", "connection-refused", "over-ipv6", "inconclusive", "interrupted", "empty"}},
	}
}

// someStories are those that are shown in all widths: a reset, two chains, many
// segments, three applications, ICMP errors, calls within calls.
func someStories() []string {
	return []string{"reset-on-read", "half-close", "many-segments", "three-roles", "rejected", "overlapping", "blocked-read"}
}

// TestGoldens compares all that is printed of every story with its file in
// testdata, in which escape sequences begin with "␛".
func TestGoldens(t *testing.T) {
	for _, s := range stories() {
		t.Run(s.name, func(t *testing.T) { compare(t, s.name+".txt", show(t, s)) })
	}
	t.Run("all", func(t *testing.T) {
		var runs []*analysis.Run
		for _, s := range six() {
			runs = append(runs, s.make(t))
		}
		var b bytes.Buffer
		if err := Overview(&b, runs, Options{Width: 80}); err != nil {
			t.Fatal(err)
		}
		compare(t, "overview.txt", b.String())

		// Of runs that are all well there is nothing wrong to print, and of
		// runs of different scenarios there is no table.
		b.Reset()
		if err := Wrong(&b, runs, Options{Width: 80}); err != nil || b.Len() != 0 {
			t.Errorf("Wrong = %v, %q", err, b.String())
		}
		if err := Runs(&b, runs[:2], Options{Width: 80}); err != nil {
			t.Fatal(err)
		}
		var each bytes.Buffer
		for i, r := range runs[:2] {
			if i > 0 {
				each.WriteByte('\n')
			}
			if err := Full(&each, r, Options{Width: 80}); err != nil {
				t.Fatal(err)
			}
		}
		if d := cmp.Diff(each.String(), b.String()); d != "" {
			t.Error(d)
		}
	})
}

// show prints a story in every view.
func show(t *testing.T, s story) string {
	t.Helper()
	var out strings.Builder
views:
	for _, v := range views() {
		for i, name := range v.only {
			if name == s.name {
				break
			}
			if i == len(v.only)-1 {
				continue views
			}
		}
		var b bytes.Buffer
		if err := v.print(&b, s.make(t)); err != nil {
			t.Fatal(err)
		}
		out.WriteString("-- " + v.name + " --\n" + strings.ReplaceAll(b.String(), "\x1b", "␛"))
	}
	return out.String()
}

// compare holds what was printed against its file, where this system's words for
// errors are those of the files.
func compare(t *testing.T, name, got string) {
	t.Helper()
	if scene.Meaning("ENOTCONN") != "transport endpoint is not connected" && strings.Contains(got, "ENOTCONN") {
		t.Skip("needs Linux's words for ENOTCONN")
	}
	golden.Compare(t, name, got)
}
