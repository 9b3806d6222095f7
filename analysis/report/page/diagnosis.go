package page

import (
	"fmt"

	"github.com/rstwatch/rstwatch/analysis/diagnosis"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/analysis/scene"
)

// diagnosis adds a connection of a capture to the page.
func (p *page) diagnosis(d *diagnosis.Diagnosis) {
	c := &d.Connection
	s := scene.Between(d.Run, c.Sides[diagnosis.Client].Addr, c.Sides[diagnosis.Server].Addr)
	v := p.article(s)
	v.Name = fmt.Sprintf("stream %d", c.Stream)
	v.Slug = p.slug(fmt.Sprintf("stream-%d", c.Stream), v.Number)
	v.Result = ""
	v.Summary = report.Clean(d.Situation.Name)
	v.Place = report.Clean(fmt.Sprintf("%s → %s · %s · %s · completeness %d", c.Sides[0].Addr, c.Sides[1].Addr, c.Ending, c.State, c.Completeness))
	if d.LeftOut > 0 {
		v.LeftOut = fmt.Sprintf("%d segments in the middle are left out, before #%d.", d.LeftOut, d.Gap)
	}
	for _, f := range report.Findings(d) {
		text := f.Text
		if f.Listed {
			text = "· " + text
		}
		v.Findings = append(v.Findings, sentence{Label: report.Clean(f.Label), Text: report.Clean(text), Source: report.Clean(f.Source),
			Command: lines(f.Command)})
	}
	v.Between = report.Clean(fmt.Sprintf("%s → %s", c.Sides[0].Addr, c.Sides[1].Addr))
	v.Ending = report.Clean(string(c.Ending))
	p.Captured = true
}
