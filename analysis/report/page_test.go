package report

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"

	"github.com/rstwatch/rstwatch/analysis/faults"
	"github.com/rstwatch/rstwatch/scenario"
)

// told are stories to print; nobody performs them.
func told() []Section {
	client := func(op scenario.Op, f scenario.Fault) scenario.Result {
		return scenario.Result{Role: scenario.Client, Op: op, Fault: f}
	}
	return []Section{
		{Title: "The plain ones", Stories: []*scenario.Scenario{{
			Name: "first-of-all", Summary: "one side writes → the other one resets", Story: "It begins.\nIt goes on.\nIt ends.",
			Tags: []string{"reset", "write"}, Refs: []string{"RFC 9293 §3.10.7.4", "tcp_reset (Linux)"},
			Expect: map[string][]scenario.Result{
				"linux":  {client(scenario.OpWrite, scenario.ECONNRESET), client(scenario.OpWrite, scenario.EPIPE)},
				"darwin": {client(scenario.OpWrite, scenario.EPIPE), client(scenario.OpRead, scenario.ECONNRESET), client(scenario.OpRead, scenario.EOF)},
			},
		}}},
		{Title: "Nothing here"},
		{Title: "The others", Stories: []*scenario.Scenario{
			{Name: "slow-in-the-lab", Summary: strings.Repeat("a long summary that has to be wrapped, ", 3), Lab: true, Slow: true,
				Story: "A.", Tags: []string{"reset"}, Refs: []string{"RFC 9293 §3.5"},
				Expect: map[string][]scenario.Result{"linux": {
					{Role: scenario.Server, Op: scenario.OpRead, Fault: scenario.ECONNRESET, Or: scenario.ETIMEDOUT}}}},
			{Name: "slow", Summary: "slow only", Slow: true, Story: "B.", Expect: map[string][]scenario.Result{"linux": {}, "darwin": {
				{Role: "a role with a long name", Op: scenario.OpCloseWrite, Fault: scenario.ENOTCONN, Or: scenario.ECONNABORTED}}}},
			{Name: "lab", Summary: "lab only", Lab: true, Story: "C.", Expect: map[string][]scenario.Result{"linux": {client(scenario.OpRead, scenario.EOF)}}},
		}},
	}
}

func allOf(sections []Section) []*scenario.Scenario {
	var all []*scenario.Scenario
	for _, sec := range sections {
		all = append(all, sec.Stories...)
	}
	return all
}

const met = "dial tcp [::1]:1: \x1b[31m read tcp 10.0.3.7:51234->10.0.9.2:443: read: connection reset by peer"

// pages are all pages, in one piece.
func pages(t *testing.T, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Contents(&b, told(), o); err != nil {
		t.Fatal(err)
	}
	for _, sc := range allOf(told()) {
		b.WriteString("-- " + sc.Name + " --\n")
		if err := Story(&b, sc, "A chapter", o); err != nil {
			t.Fatal(err)
		}
	}
	g, _ := faults.Find("ECONNRESET")
	b.WriteString("-- ECONNRESET --\n")
	if err := Guide(&b, g, met, allOf(told()), o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestPages compares the pages with their files.
func TestPages(t *testing.T) {
	compare(t, "pages.txt", pages(t, Options{Width: 80}))
	compare(t, "pages-60.txt", pages(t, Options{Width: 60}))
	compare(t, "pages-ascii.txt", pages(t, Options{Width: 80, ASCII: true}))
}

// TestPagesFit: no line is wider than asked for, none ends in a space, and
// nothing that a terminal may take for an order is printed.
func TestPagesFit(t *testing.T) {
	for _, o := range []Options{{Width: 1}, {Width: 80}, {Width: 93, ASCII: true}, {Width: 300, Verbose: true}} {
		var b bytes.Buffer
		b.WriteString(pages(t, o))
		for _, g := range faults.All() {
			if err := Guide(&b, g, "", allOf(told()), o); err != nil {
				t.Fatal(err)
			}
		}
		for line := range strings.Lines(b.String()) {
			line = strings.TrimSuffix(line, "\n")
			if w := lipgloss.Width(line); w > max(o.Width, MinWidth) || line != strings.TrimRight(line, " ") {
				t.Errorf("%d columns, of %d: %q", w, o.Width, line)
			}
			if Clean(line) != line {
				t.Errorf("not clean: %q", line)
			}
			if o.ASCII && strings.ContainsFunc(line, func(r rune) bool { return r > 126 }) {
				t.Errorf("not ASCII: %q", line)
			}
		}
	}
}

// TestWays: a story that ends in an error on both systems is one way, by each
// operation.
func TestWays(t *testing.T) {
	type way struct {
		name   string
		op     scenario.Op
		models string
		race   bool
	}
	for f, want := range map[scenario.Fault][]way{
		scenario.ECONNRESET: {{"first-of-all", scenario.OpWrite, "linux", false}, {"first-of-all", scenario.OpRead, "darwin", false},
			{"slow-in-the-lab", scenario.OpRead, "linux", true}},
		scenario.EPIPE:     {{"first-of-all", scenario.OpWrite, "linux darwin", false}},
		scenario.ETIMEDOUT: {{"slow-in-the-lab", scenario.OpRead, "linux", true}},
		scenario.Deadline:  nil,
	} {
		var got []way
		for _, w := range Ways(f, allOf(told())) {
			got = append(got, way{w.Scenario.Name, w.Op, strings.Join(w.Models, " "), w.Race})
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, not %v", f, got, want)
		}
	}
}

// TestManyWays: what is too much for a line each is still named.
func TestManyWays(t *testing.T) {
	var many []*scenario.Scenario
	for i := range inFull + 3 {
		sc := *told()[0].Stories[0]
		sc.Name = "story-" + string(rune('a'+i))
		many = append(many, &sc)
	}
	g, _ := faults.Find("EPIPE")
	for verbose, want := range map[bool]string{false: "  also     story-k, story-l, story-m", true: "  story-m  one side"} {
		var b strings.Builder
		if err := Guide(&b, g, "", many, Options{Verbose: verbose}); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("verbose %v: %v, no %q in\n%s", verbose, err, want, b.String())
		}
	}
}

// TestPagesJSON: the document has what the pages have.
func TestPagesJSON(t *testing.T) {
	var b bytes.Buffer
	if err := PagesJSON(&b, told(), faults.All(), allOf(told())); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Scenarios []struct {
			Name, Chapter string
			Needs, Tags   []string
			Expect        map[string][]map[string]string
		}
		Errors []struct {
			Fault string
			Ways  []struct{ Scenario, Op string }
			Rules map[string][]struct{ Rule, Source string }
		}
	}
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Scenarios) != 4 || len(doc.Errors) != len(faults.All()) {
		t.Fatalf("%d scenarios, %d errors", len(doc.Scenarios), len(doc.Errors))
	}
	lab := doc.Scenarios[1]
	if lab.Chapter != "The others" || !slices.Equal(lab.Needs, []string{"lab", "slow"}) || lab.Expect["linux"][0]["or"] != "ETIMEDOUT" {
		t.Errorf("%+v", lab)
	}
	if r := doc.Errors[0]; r.Fault != "ECONNRESET" || len(r.Ways) != 3 || len(r.Rules["linux"]) == 0 || len(r.Rules["darwin"]) == 0 {
		t.Errorf("%+v", r)
	}
	if strings.Contains(b.String(), "null") {
		t.Error("null stands for an empty list")
	}
	if err := ContentsJSON(io.Discard, nil); err != nil {
		t.Error(err)
	}
}
