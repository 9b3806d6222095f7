package worksheet_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// TestUntrusted: whatever a program or a peer calls itself and says is text in the
// key, and is not in what students get.
func TestUntrusted(t *testing.T) {
	diagram := regexp.MustCompile("(?s)\n```mermaid\nsequenceDiagram\n.*?\n```\n")
	link := regexp.MustCompile(`(?i)://|www\.`)
	innocent := all(t)[0]
	for _, text := range []string{
		"</script><img src=x onerror=alert(1)>", "![x](http://e.example/x)", "[a](javascript:alert(1))", "`code`", "a|b", "**b** _i_ ~~s~~",
		"# heading", "- item", "+ item", "1. item", "2) item", "=====", "--- ", "<!-- ", "&lt;b&gt;", "two\n\n# lines\n| a |", "\x1b[31mred\x1b]0;t\a",
		"\u202egnp.exe", "\u2066x\u2069", "nul\x00nul", "\xff\xfe", "\u200b\ufe0f", "www.example.org", "    indented", "\\*", "_x_",
	} {
		r := new(analysis.Run)
		*r = *innocent
		r.Evidence.Events = slices.Clone(r.Evidence.Events)
		r.Scenario, r.Summary, r.Story, r.Capture.Interface, r.Platform.Release, r.Family = text, text, text, text, text, scenario.Family(text)
		for i := range r.Evidence.Events {
			ev := &r.Evidence.Events[i]
			ev.Role = scenario.Role(text + string(ev.Role))
			if ev.Fault != "" {
				ev.Err, ev.Fault = text, scenario.Fault(text)
			}
		}
		r.Evidence.Events[3].Op = scenario.Op(text)
		r.Explanation = analysis.Explain(r.Evidence)
		r.Outcome = analysis.Explained
		found := files(t, r)
		for name, data := range found {
			student := strings.HasPrefix(name, "student/")
			if student && strings.Contains(data, text) {
				t.Errorf("%q is in %s", text, name)
			}
			if !strings.HasSuffix(name, ".md") {
				continue
			}
			// What stands in a diagram means itself, as package mermaid tests; nothing
			// but the end of it ends it.
			data = diagram.ReplaceAllString(data, "\n")
			found[name] = data
			for line := range strings.Lines(data) {
				line = strings.TrimSuffix(line, "\n")
				if i := strings.IndexFunc(line, func(r rune) bool { return !unicode.IsPrint(r) || r == '<' || r == '>' }); i >= 0 {
					t.Errorf("%q: %s has %q", text, name, line)
				}
				if link.MatchString(line) || strings.Contains(line, "](") || strings.Contains(line, "~~") || strings.Contains(line, "```") {
					t.Errorf("%q: %s has %q", text, name, line)
				}
				if strings.HasPrefix(line, "# ") && line != "# Key" && line != "# What happened to these connections?" ||
					strings.HasPrefix(line, "- item") || strings.HasPrefix(line, "+ item") || strings.HasPrefix(line, "1. item") ||
					strings.HasPrefix(line, "2) ") || strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "===") || strings.HasPrefix(line, "---") {
					t.Errorf("%q: a line of %s begins a block: %q", text, name, line)
				}
			}
		}
		// A table's row has as many cells as its head.
		for _, name := range []string{"teacher/key.md", "student/questions.md"} {
			for line := range strings.Lines(found[name]) {
				if strings.HasPrefix(line, "| ") && strings.Count(line, "|") != 6 {
					t.Errorf("%q: a row of %s is %q", text, name, line)
				}
			}
		}
	}
}
