package webtest

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/analysis/report"
)

// drawing is what a browser makes of a drawing's text.
type drawing struct {
	Error    string
	Elements []string // with the names of their attributes
	Text     string
}

const parseJS = `(text) => {
	const doc = new DOMParser().parseFromString(text, "image/svg+xml");
	const broken = doc.querySelector("parsererror");
	return {
		Error: broken ? broken.textContent : "",
		Elements: Array.from(doc.querySelectorAll("*"), (el) => el.localName + "[" + el.getAttributeNames().sort() + "]"),
		Text: doc.documentElement.textContent + Array.from(doc.querySelectorAll("[aria-label]"), (el) => el.getAttribute("aria-label")).join(" "),
	};
}`

// testDrawing: a drawing by itself is whole, asks for nothing, and can be read.
func (s *suite) testDrawing(t *testing.T) {
	for _, name := range []string{"reset-on-write", "half-close", "connection-refused"} {
		file := filepath.Join(t.TempDir(), name+".svg")
		s.program.run(t, "run", name, "--sandbox", "always", "--format", "svg", "-o", file)
		p := s.browser.open(t, file)
		for _, scheme := range []string{"light", "dark"} {
			p.media("screen", "prefers-color-scheme", scheme)
			for _, fault := range p.misplaced(1920) {
				t.Errorf("%s: %s", name, fault)
			}
		}
		if !strings.Contains(eval[string](p, `document.documentElement.textContent`), "SYN") {
			t.Errorf("%s: no segment can be read", name)
		}
	}
}

// testHostileDrawing: of a run that says the worst, a drawing has the same
// elements as of one that says nothing, and its words are text.
func (s *suite) testHostileDrawing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "run.pcapng")
	s.program.run(t, "run", "reset-on-write", "--sandbox", "always", "-q", "-w", file)
	from, texts := runs(t, file), hostile()
	worst, innocent := spoilt(t, from, texts...), spoilt(t, from, harmless(texts)...)
	p := s.browser.open(t, write(t, around("")))
	for i, text := range texts {
		draw := func(recording string) drawing {
			return call[drawing](p, parseJS, string(s.program.run(t, "analyze", recording, "--run", fmt.Sprint(i+1), "--format", "svg")))
		}
		got, want := draw(worst), draw(innocent)
		if got.Error != "" || want.Error != "" {
			t.Errorf("%q can not be parsed: %s %s", text, got.Error, want.Error)
		}
		if d := cmp.Diff(want.Elements, got.Elements); d != "" {
			t.Errorf("%q makes other elements (-harmless +this)\n%s", text, d)
		}
		if plain := report.Clean(text); !strings.Contains(got.Text, plain) {
			t.Errorf("%q is not drawn as %q", text, plain)
		}
	}
}
