package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/diagnosis"
	"github.com/rstwatch/rstwatch/analysis/report/markdown"
	"github.com/rstwatch/rstwatch/analysis/report/mermaid"
	"github.com/rstwatch/rstwatch/analysis/report/page"
	"github.com/rstwatch/rstwatch/analysis/report/svg"
	"github.com/rstwatch/rstwatch/analysis/scene"
)

// onePicture is how to run what can be drawn.
const onePicture = "rstwatch run reset-on-read --format svg"

// drawn reports whether a format is a drawing, or has some in it.
func drawn(format string) bool {
	return format == formatPage || format == "svg" || format == "mermaid" || format == "markdown"
}

// single refuses to draw several runs where a file holds one; how says how to
// choose one of them.
func (f *outputFlags) single(runs int, how string) error {
	if f.format.value != "svg" || runs < 2 {
		return nil
	}
	return &failure{code: exitUsage, err: fmt.Errorf("--format svg draws one run, and there are %d", runs), hint: how}
}

// draw writes the runs in one of the drawn formats.
func (o *outputs) draw(w io.Writer) error {
	switch o.flags.format.value {
	case formatPage:
		return o.page(w)
	case "markdown":
		return markdown.Runs(w, o.runs, o.flags.verbose, o.skipped...)
	}
	for _, r := range o.runs {
		s := scene.Of(r)
		if o.flags.verbose {
			s = scene.All(r)
		}
		if err := drawScene(w, s, o.flags.format.value); err != nil {
			return err
		}
	}
	return nil
}

func drawScene(w io.Writer, s *scene.Scene, format string) error {
	if format == "svg" {
		return svg.Scene(w, s, svg.Options{})
	}
	return mermaid.Diagram(w, s)
}

// drawDiagnoses writes diagnoses in one of the drawn formats.
func drawDiagnoses(w io.Writer, list []*diagnosis.Diagnosis, format string) error {
	switch format {
	case formatPage:
		return page.Diagnoses(w, list, pageOptions())
	case "markdown":
		return markdown.Diagnoses(w, list)
	}
	for _, d := range list {
		c := &d.Connection
		s := scene.Between(d.Run, c.Sides[diagnosis.Client].Addr, c.Sides[diagnosis.Server].Addr)
		if err := drawScene(w, s, format); err != nil {
			return err
		}
	}
	return nil
}

// undrawn refuses for a capture what is for recordings, or for one connection.
func (f *analyzeFlags) undrawn() error {
	switch {
	case f.run != 0:
		return wrongUse(errors.New("--run is for recordings of calls, and there is no call in it: --conn names a connection"))
	case drawn(f.format.value) && len(f.conns) == 0:
		return wrongUse(fmt.Errorf("--format %s draws one connection: name it with --conn", f.format.value))
	}
	return nil
}

// numbered returns the run of this number among those of a recording; 0 is all.
func numbered(runs []*analysis.Run, number int) ([]*analysis.Run, error) {
	if number == 0 {
		return runs, nil
	}
	if number < 0 || number > len(runs) {
		return nil, wrongUse(fmt.Errorf("--run %d: there are %d runs, from 1 on", number, len(runs)))
	}
	return runs[number-1 : number], nil
}
