package webtest

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recording"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/scenario"
)

// hostile are texts that a peer, a file or a program could hand us: markup,
// what ends a script, a comment or an attribute, the notations of Markdown and
// mermaid, and what a terminal or a line of text obeys.
func hostile() []string {
	return []string{
		`</script><img src=x onerror=alert(1)>`,
		`--><svg onload=alert(1)>`, `]]><script>alert(1)</script>`, `</style></title></textarea><b>bold`,
		`" onmouseover="alert(1)" x="`, `' autofocus onfocus=alert(1) '`,
		`javascript:alert(1)`, `[link](javascript:alert(1))`, "`code` ```\n# heading\n", `&lt;b&gt; &#60;i&#62; &amp;`,
		"%%{init: {\"securityLevel\": \"loose\"}}%%", "A\nend\nclick c href \"javascript:alert(1)\"", `#lt;b#gt; #35;`, `a; b: c ->> d`, "end", `$$x^2$$`,
		"\x1b[2J\x1b]0;title\x07", "\u202edesrever\u2066", "two\nlines\r\u2028three", "zero\u200bwidth\u00ad", "nul\x00", "\xff\xfe",
		`{{.}} ${1} {% x %}`, `\u003cb\u003e \x3c`,
	}
}

// spoil puts a text into every field of a run that comes from outside.
func spoil(r *analysis.Run, text string) *analysis.Run {
	c := *r
	c.Scenario, c.Summary = text, text
	c.Capture.Interface, c.Capture.Backend, c.Platform.Release = text, text, text
	c.Evidence.Events = append([]scenario.Event(nil), r.Evidence.Events...)
	failed := -1
	for i := range c.Evidence.Events {
		ev := &c.Evidence.Events[i]
		if ev.Role == scenario.Client {
			ev.Role = scenario.Role(text)
		}
		if ev.Fault != "" {
			ev.Err, failed = text, i
		}
	}
	if failed >= 0 {
		c.Evidence.Events[failed].Fault, c.Evidence.Events[failed].Op = scenario.Fault(text), scenario.Op(text)
	}
	c.Explanation = analysis.Explain(c.Evidence)
	return &c
}

// spoilt writes a recording in which the runs of another one say what each of
// the texts says.
func spoilt(t *testing.T, from []*analysis.Run, texts ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := recording.New(&b, "webtest")
	for _, text := range texts {
		for _, r := range from {
			if err := w.Add(spoil(r, text)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "spoilt.pcapng")
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// harmless are the texts without what could be markup: as long, and with the
// same words, so that they take as many lines.
func harmless(texts []string) []string {
	list := make([]string, len(texts))
	for i, text := range texts {
		list[i] = strings.Map(func(r rune) rune {
			if r < 0x7f && r != ' ' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				return 'x'
			}
			return r
		}, report.Clean(text))
	}
	return list
}
