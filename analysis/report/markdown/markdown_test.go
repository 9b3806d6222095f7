package markdown

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recorded"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/analysis/trace/tracetest"
	"github.com/rstwatch/rstwatch/scenario"
)

func explained(t *testing.T, name string) *analysis.Run {
	t.Helper()
	r := tracetest.Run(t, tracetest.Connect+tracetest.Abort)
	return &analysis.Run{Number: r.Number, Scenario: name, Summary: "the server closes with a byte unread", Story: "The client writes.\nThe server\ncloses.",
		Family: scenario.IPv4, Platform: analysis.Platform{OS: "linux", Release: "6.18.44"}, Capture: analysis.Capture{Interface: "lo"},
		Evidence: r.Evidence, Explanation: r.Explanation}
}

func written(t *testing.T, runs []*analysis.Run, skipped ...report.Skipped) string {
	t.Helper()
	var b bytes.Buffer
	if err := Runs(&b, runs, false, skipped...); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestContents: each entry leads to a heading of its own.
func TestContents(t *testing.T) {
	runs, err := recorded.Runs()
	if err != nil {
		t.Fatal(err)
	}
	doc := written(t, runs)
	heads := make(map[string]int)
	for _, m := range regexp.MustCompile(`(?m)^## (.*)$`).FindAllStringSubmatch(doc, -1) {
		heads[anchor(strings.ReplaceAll(m[1], `\`, ""))]++
	}
	links := regexp.MustCompile(`(?m)^\d+\. \[[^\]]*\]\(#([^)]*)\)`).FindAllStringSubmatch(doc, -1)
	if len(links) != len(runs) {
		t.Errorf("%d entries for %d runs", len(links), len(runs))
	}
	for _, m := range links {
		if heads[m[1]] != 1 {
			t.Errorf("#%s leads to %d headings", m[1], heads[m[1]])
		}
	}
	if strings.Count(doc, "\n```mermaid\n") != len(runs) || strings.Count(doc, "\n```\n") != len(runs) {
		t.Error("not every run has a diagram")
	}
}

var diagrams = regexp.MustCompile("(?s)```mermaid\n.*?\n```\n")

// shape is a document without what is escaped and without words, so that only
// what Markdown takes for a sign is left; the diagrams, which are checked
// elsewhere, are cut out.
func shape(doc string) string {
	doc = diagrams.ReplaceAllString(doc, "MERMAID\n")
	for range 2 { // an underscore within a word means nothing
		doc = regexp.MustCompile(`([\pL\pN])_([\pL\pN])`).ReplaceAllString(doc, "$1$2")
	}
	doc = regexp.MustCompile("`(#[0-9]+|@)`").ReplaceAllString(doc, "w")
	doc = regexp.MustCompile(`\\.`).ReplaceAllString(doc, "w")
	doc = regexp.MustCompile(`\(#[\pL\pN_-]*\)`).ReplaceAllString(doc, "(#)")
	return regexp.MustCompile(`[\pL\pN\pM"':;,.?()=/%→✗←· \x{FFFD}-]+`).ReplaceAllString(doc, "w")
}

func TestUntrustedText(t *testing.T) {
	spoilt := func(text string) string {
		r := explained(t, text+"0")
		for i := range r.Evidence.Events {
			ev := &r.Evidence.Events[i]
			if ev.Role = scenario.Role(text + "1"); ev.Local.Port() == 80 {
				ev.Role = scenario.Role(text + "2")
			}
			if ev.Fault != "" {
				ev.Err = text
			}
		}
		r.Explanation = analysis.Explain(r.Evidence)
		r.Summary, r.Story, r.Trouble, r.Differs = text+"3", text+"4", text+"5", text+"6"
		r.Platform, r.Capture.Interface = analysis.Platform{OS: text, Release: text}, text
		r.Family = scenario.Family(text)
		for i := range r.Verdicts {
			r.Verdicts[i].Because = text
			for n := range r.Verdicts[i].Chain {
				r.Verdicts[i].Chain[n].Because, r.Verdicts[i].Chain[n].Source = text, text+"7"
			}
		}
		return written(t, []*analysis.Run{r, r}, report.Skipped{Scenario: text, Reason: text})
	}
	want := shape(spoilt("plain"))
	for _, text := range []string{
		`</script><img src=x onerror=alert(1)>`, "[a](javascript:alert(1))", "![a](http://evil/x.png)", "http://evil.example/x", "www.evil.example", "a@evil.example", "@torvalds",
		"#12", "GH-12", "`code`", "``` \nfence", "# heading", "- point", "+ point", "1. one", "> quote", "---", "===", "| a | b |", "*strong*", "_em_", "__em__", "~~gone~~",
		"$x$", "&lt;b&gt;", "<!-- ", "\\", "\\[", "[ref]: http://evil", "\x1b[31mred", "\u202edesrever", "two\n\nlines", "\xff", "line  \n", "    code", ":smile:",
	} {
		doc := spoilt(text)
		for _, c := range doc {
			if c != '\n' && !unicode.IsPrint(c) {
				t.Errorf("%q: %U reaches the document", text, c)
			}
		}
		if got := shape(doc); got != want {
			t.Errorf("%q changes the document (-want +got)\n%s", text, cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
		}
		if regexp.MustCompile(`(?:[^\\:]|^)(?:https?:|www\.)`).MatchString(strings.ReplaceAll(diagrams.ReplaceAllString(doc, ""), `\:`, "")) {
			t.Errorf("%q makes a link", text)
		}
	}
}

func TestEscapes(t *testing.T) {
	for in, want := range map[string]string{
		"plain words, and (brackets) = fine.": "plain words, and (brackets) = fine.",
		"#6 RST,ACK":                          "`#6` RST,ACK",
		"reset-on-read":                       "reset-on-read",
		"-x":                                  `\-x`,
		"tcp_close":                           "tcp_close",
		"§3.10.7.4":                           "§3.10.7.4",
		"1. one":                              `1\. one`,
		"a@b.c":                               "a`@`b\\.c",
		"http://x":                            `http\://x`,
		"a\nb":                                "a b",
	} {
		if got := text(in); got != want {
			t.Errorf("text(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"a": "`a`", "a`b": "``a`b``", "`a": "`` `a ``"} {
		if got := code(in); got != want {
			t.Errorf("code(%q) = %q, want %q", in, got, want)
		}
	}
	if got, want := block("sh", "a\n````\nb\x1b"), "`````sh\na\n````\nb\uFFFD\n`````\n"; got != want {
		t.Errorf("block = %q, want %q", got, want)
	}
}
