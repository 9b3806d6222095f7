package page

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recorded"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/analysis/trace/tracetest"
	"github.com/rstwatch/rstwatch/scenario"
)

// catalogue are the recordings of all stories, over IPv4.
func catalogue(t *testing.T) []*analysis.Run {
	t.Helper()
	all, err := recorded.Runs()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(r *analysis.Run) bool { return r.Family == scenario.IPv6 })
}

// performed is the recording of one story.
func performed(t *testing.T, name string) *analysis.Run {
	t.Helper()
	runs := catalogue(t)
	i := slices.IndexFunc(runs, func(r *analysis.Run) bool { return r.Scenario == name })
	if i < 0 {
		t.Fatalf("no recording of %s", name)
	}
	return runs[i]
}

// written is a page as a browser reads it, and as it is.
func written(t *testing.T, runs []*analysis.Run, o Options) (*html.Node, string) {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, runs, o); err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return doc, b.String()
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// elements are those with this name, and of this class unless it is "".
func elements(doc *html.Node, name, class string) (list []*html.Node) {
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == name && (class == "" || slices.Contains(strings.Fields(attribute(n, "class")), class)) {
			list = append(list, n)
		}
	}
	return list
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// TestPolicy: the page may have the one style and the one script that it has, and
// nothing asks for anything else.
func TestPolicy(t *testing.T) {
	doc, _ := written(t, catalogue(t)[:3], Options{Skipped: []report.Skipped{{Scenario: "some-other", Reason: "it needs a lab"}}})
	var policy string
	for _, m := range elements(doc, "meta", "") {
		if attribute(m, "http-equiv") == "Content-Security-Policy" {
			policy = attribute(m, "content")
		}
	}
	styles, scripts := elements(doc, "style", ""), elements(doc, "script", "")
	scripts = slices.DeleteFunc(scripts, func(s *html.Node) bool { return attribute(s, "type") == "application/json" })
	if len(styles) != 1 || len(scripts) != 1 {
		t.Fatalf("%d styles, %d scripts", len(styles), len(scripts))
	}
	want := "default-src 'none'; style-src " + hash(text(styles[0])) + "; script-src " + hash(text(scripts[0])) + "; base-uri 'none'; form-action 'none'"
	if policy != want {
		t.Errorf("the policy is\n%s\nand should be\n%s", policy, want)
	}
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			switch {
			case a.Key == "style", strings.HasPrefix(a.Key, "on"), a.Key == "src", a.Key == "srcset", a.Key == "action":
				t.Errorf("%s has %s=%q", n.Data, a.Key, a.Val)
			case a.Key == "href" && !strings.HasPrefix(a.Val, "#"):
				t.Errorf("%s leads to %q", n.Data, a.Val)
			}
		}
	}
}

// TestCompare: what Linux and macOS say is side by side.
func TestCompare(t *testing.T) {
	for _, c := range []struct {
		scenario string
		want     string
	}{
		{"reset-on-read", "client read: ECONNRESET, ECONNRESET"},
		{"reset-on-write", "client write: ECONNRESET, EPIPE; client write: EPIPE, EPIPE"},
		{"clean-close", "client read: EOF, EOF"},
	} {
		p := newPage(Options{})
		p.run(performed(t, c.scenario))
		var list []string
		for _, row := range p.Runs[0].Compare {
			list = append(list, fmt.Sprintf("%s: %s, %s", row.Call, row.Here.Fault, row.There.Fault))
			if row.Differs != (row.Here.Fault != row.There.Fault) {
				t.Errorf("%s: %+v", c.scenario, row)
			}
		}
		if got := strings.Join(list, "; "); got != c.want {
			t.Errorf("%s: %s, expected %s", c.scenario, got, c.want)
		}
	}
}

// TestSlugs: addresses are plain, and each run has its own.
func TestSlugs(t *testing.T) {
	p := newPage(Options{})
	var got []string
	for i, name := range []string{"reset-on-read", "reset-on-read", "Ein Name/mit <b>", "", "index", "run-1", "../x", "..."} {
		got = append(got, p.slug(name, i+1))
	}
	want := []string{"reset-on-read", "reset-on-read-no-2", "ein-name-mit--b", "connection-no-4", "index-no-5", "run-1-no-6", "x", "connection-no-8"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, expected %q", got, want)
	}
}

// TestLong: of a connection with thousands of segments the page has the steps
// that its drawing has.
func TestLong(t *testing.T) {
	var b strings.Builder
	b.WriteString("0.000110..0.000150 client dial\n0.000120..0.000175 server accept\n")
	at := 0.0003
	for range 1000 {
		fmt.Fprintf(&b, "%.6f..%.6f client write 10\n%.6f client > server PSH,ACK len 10\n%.6f server > client ACK\n", at, at+0.00003, at+0.000004, at+0.000009)
		at += 0.00005
	}
	doc, page := written(t, []*analysis.Run{tracetest.Run(t, b.String())}, Options{})
	drawn := make(map[string]bool)
	for n := range doc.Descendants() {
		if item := attribute(n, "data-item"); item != "" && strings.HasPrefix(attribute(n, "id"), "r1-") {
			drawn[item] = true
		}
	}
	lines := elements(doc, "li", "")
	if len(lines) < 100 || len(lines) > 400 || len(page) > 400_000 {
		t.Errorf("%d steps, %d octets", len(lines), len(page))
	}
	for _, line := range lines {
		if item := attribute(line, "data-item"); !drawn[item] {
			t.Errorf("%s is told and not drawn", item)
		}
	}
}

// TestRecorded: a run that was replayed says so.
func TestRecorded(t *testing.T) {
	r := performed(t, "reset-on-read")
	doc, _ := written(t, []*analysis.Run{r}, Options{})
	lines := elements(doc, "p", "recorded")
	if len(lines) != 1 || !strings.Contains(text(lines[0]), "nothing was run now") {
		t.Errorf("%d lines say that it was recorded", len(lines))
	}
}
