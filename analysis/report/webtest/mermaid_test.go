package webtest

import (
	_ "embed"
	"testing"
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
	p := s.browser.open(t, write(t, page("")))
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
