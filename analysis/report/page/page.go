package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/diagnosis"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/analysis/report/svg"
)

// Options say what a page tells of besides its runs.
type Options struct {
	Title   string                       // of several runs, such as "The catalogue"; "" for one that says how many there are
	Program string                       // who made it: "rstwatch 1.0"
	Chapter func(scenario string) string // where a scenario stands in the catalogue, "" for nowhere; may be nil
	Skipped []report.Skipped             // what was not run
	Verbose bool                         // also the listener, the waits and the calls that nothing came of
}

//go:embed web
var web embed.FS

// scripts are the parts of the script, in the order in which they are joined.
var scripts = []string{"dom", "run", "states", "drawing", "detail", "quiz", "player", "contents", "page", "main"}

// Write writes a page of runs, each with all that its player needs. The error is
// the writer's.
func Write(w io.Writer, runs []*analysis.Run, o Options) error {
	p := newPage(o)
	for _, r := range runs {
		p.run(r)
	}
	return p.write(w)
}

// Diagnoses writes a page of connections of a capture. The error is the
// writer's.
func Diagnoses(w io.Writer, list []*diagnosis.Diagnosis, o Options) error {
	p := newPage(o)
	for _, d := range list {
		p.diagnosis(d)
	}
	return p.write(w)
}

// write writes the page once all its runs are known.
func (p *page) write(w io.Writer) error {
	style, script, err := assets()
	if err != nil {
		return err
	}
	p.finish()
	p.Style, p.Script = template.CSS(style), template.JS(script)
	p.Policy = strings.Join([]string{"default-src 'none'", "style-src " + hash(style), "script-src " + hash(script),
		"base-uri 'none'", "form-action 'none'"}, "; ")
	t, err := template.ParseFS(web, "web/page.html", "web/run.html", "web/player.html")
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}

// assets are the style and the script, as they stand in the page.
func assets() (style, script string, err error) {
	css, err := web.ReadFile("web/page.css")
	if err != nil {
		return "", "", err
	}
	var b strings.Builder
	b.WriteString("\"use strict\";\n(() => {\n")
	for _, name := range scripts {
		part, err := web.ReadFile("web/" + name + ".js")
		if err != nil {
			return "", "", err
		}
		b.Write(part)
	}
	b.WriteString("})();\n")
	return svg.Style() + string(css), b.String(), nil
}

// hash names a text in a Content-Security-Policy.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
