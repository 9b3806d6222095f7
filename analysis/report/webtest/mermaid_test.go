package webtest

import (
	_ "embed"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/analysis/report"
)

// mermaidJS is a function that lets the mermaid package draw a diagram.
//
//go:embed testdata/mermaid.js
var mermaidJS string

// diagram is what mermaid makes of a text.
type diagram struct {
	Error   string   // why it can not be parsed or drawn, "" if it can
	Type    string   // what kind of diagram it is
	Actors  []string // the names at the top, without order
	Lines   []string // the words on its arrows
	Notes   []string
	Foreign []string // elements and attributes that no sequence diagram has
}

// mermaid opens a page with the mermaid package in it, as GitHub sets it up.
func (s *suite) mermaid(t *testing.T) *tab {
	t.Helper()
	p := s.browser.open(t, write(t, around("")))
	eval[any](p, module(t, "mermaid/dist/mermaid.min.js")+";mermaid.initialize({startOnLoad: false, securityLevel: 'strict'});0")
	return p
}

func (p *tab) draw(text string) diagram {
	p.Helper()
	return call[diagram](p, mermaidJS, text)
}

// testWatchMermaid: the package takes a diagram, and refuses what is none.
func (s *suite) testWatchMermaid(t *testing.T) {
	p := s.mermaid(t)
	d := p.draw("sequenceDiagram\n  participant c as client\n  participant s as server\n  c->>s: SYN\n  Note over c: dial\n")
	if d.Error != "" || d.Type != "sequence" || len(d.Actors) != 2 || len(d.Lines) != 1 || d.Lines[0] != "SYN" || len(d.Notes) != 1 || len(d.Foreign) != 0 {
		t.Errorf("drawn as %+v", d)
	}
	if d := p.draw("sequenceDiagram\n  c->>\n"); d.Error == "" {
		t.Errorf("not refused: %+v", d)
	}
	if d := p.draw("flowchart LR\n  c --> s\n"); d.Error != "" || len(d.Foreign) == 0 {
		t.Errorf("what no sequence diagram has is not noticed: %+v", d)
	}
}

// diagrams takes the output of --format mermaid apart.
func diagrams(text string) (list []string) {
	for line := range strings.Lines(text) {
		if line == "sequenceDiagram\n" {
			list = append(list, "")
		}
		if len(list) > 0 {
			list[len(list)-1] += line
		}
	}
	return list
}

// fenced are the diagrams in a Markdown document.
func fenced(text string) (list []string) {
	in := false
	for line := range strings.Lines(text) {
		switch {
		case line == "```mermaid\n":
			in, list = true, append(list, "")
		case line == "```\n":
			in = false
		case in:
			list[len(list)-1] += line
		}
	}
	return list
}

// testMermaid: mermaid draws every scenario, and all that failed in it can be
// read in the drawing; in Markdown the diagram is the same.
func (s *suite) testMermaid(t *testing.T) {
	p := s.mermaid(t)
	list := diagrams(string(s.program.run(t, "analyze", s.gallery.recording, "--format", "mermaid")))
	if len(list) != len(s.gallery.runs) {
		t.Fatalf("%d diagrams of %d runs", len(list), len(s.gallery.runs))
	}
	for i, text := range list {
		run := s.gallery.runs[i]
		d := p.draw(text)
		if d.Error != "" || d.Type != "sequence" || len(d.Foreign) > 0 {
			t.Errorf("%s is drawn as %q, with %q: %s\n%s", run.Scenario, d.Type, d.Foreign, d.Error, text)
			continue
		}
		words := strings.Join(append(d.Lines, d.Notes...), "\n")
		for _, v := range run.Verdicts {
			if fault := string(run.Event(v.Event).Fault); !strings.Contains(words, fault) {
				t.Errorf("%s: %s can not be read in the diagram\n%s", run.Scenario, fault, words)
			}
		}
	}
	if d := cmp.Diff(list, fenced(string(s.program.run(t, "analyze", s.gallery.recording, "--format", "markdown")))); d != "" {
		t.Errorf("in Markdown the diagrams are others (-mermaid +markdown)\n%.2000s", d)
	}
}

// testHostileMermaid: whatever a run says is drawn as text.
func (s *suite) testHostileMermaid(t *testing.T) {
	p := s.mermaid(t)
	file := filepath.Join(t.TempDir(), "run.pcapng")
	s.program.run(t, "run", "reset-on-write", "--sandbox", "always", "-q", "-w", file)
	texts := hostile()
	list := diagrams(string(s.program.run(t, "analyze", spoilt(t, runs(t, file), texts...), "--format", "mermaid")))
	if len(list) != len(texts) {
		t.Fatalf("%d diagrams of %d runs", len(list), len(texts))
	}
	spaces := regexp.MustCompile(`\s+`)
	for i, text := range texts {
		d := p.draw(list[i])
		if d.Error != "" || len(d.Foreign) > 0 {
			t.Errorf("%q is drawn with %q: %s\n%s", text, d.Foreign, d.Error, list[i])
			continue
		}
		plain := func(t string) string { return spaces.ReplaceAllString(t, "") }
		for what, words := range map[string][]string{"role": d.Actors, "call": d.Lines} {
			if !strings.Contains(plain(strings.Join(words, "")), plain(report.Clean(text))) {
				t.Errorf("%q is not drawn as the %s: %q", text, what, words)
			}
		}
	}
}
