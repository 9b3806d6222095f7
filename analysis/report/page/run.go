package page

import (
	"bytes"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/analysis/report/svg"
	"github.com/rstwatch/rstwatch/analysis/scene"
)

// run adds a run to the page.
func (p *page) run(r *analysis.Run) {
	s := scene.Of(r)
	if p.options.Verbose {
		s = scene.All(r)
	}
	v := p.article(s)
	for i := range r.Verdicts {
		v.Verdicts = append(v.Verdicts, verdictOf(s, &r.Verdicts[i]))
	}
	for _, f := range r.Untold() {
		v.Remarks = append(v.Remarks, sentence{Label: "unexplained", Text: report.Clean(f.Because)})
	}
	for _, t := range [][2]string{{"unexpected", r.Differs}, {"not whole", r.Trouble}} {
		if t[1] != "" {
			v.Remarks = append(v.Remarks, sentence{Label: t[0], Text: report.Clean(t[1])})
		}
	}
	v.compare(r)
	v.compareWorlds(s)
}

// article adds an article with what all of them have.
func (p *page) article(s *scene.Scene) *run {
	r := s.Run
	v := &run{Number: len(p.Runs) + 1, Name: report.Clean(r.Scenario), Family: report.Clean(string(r.Family)), Summary: report.Clean(r.Summary), Place: place(r), Result: r.Result()}
	v.Slug = p.slug(r.Scenario, v.Number)
	if p.options.Chapter != nil {
		v.Chapter = report.Clean(p.options.Chapter(r.Scenario))
	}
	for _, t := range strings.Split(strings.Trim(r.Story, " \n"), "\n\n") {
		if t != "" {
			v.Story = append(v.Story, report.Clean(strings.ReplaceAll(t, "\n", " ")))
		}
	}
	v.HereName = system(r.Evidence.Model)
	m, called := other(r.Evidence.Model)
	v.OtherName, v.ThereName = system(m), called
	v.Recorded = report.Clean(capital(r.Origin()))
	if r.Translated() {
		v.Translated = fmt.Sprintf("As %s would have behaved, by its rules; the segments are those of the recording.", v.HereName)
	}
	order := merged(s)
	v.draw(s)
	v.Steps = inWords(s, order)
	v.Data = dataOf(s, order)
	p.Runs = append(p.Runs, v)
	return v
}

// draw draws the ladders.
func (v *run) draw(s *scene.Scene) {
	for i := range s.Ladders {
		var b bytes.Buffer
		// A buffer takes all that is written.
		_ = svg.Ladder(&b, s, i, svg.Options{Embed: true, Prefix: fmt.Sprintf("r%d-%d", v.Number, i)})
		// The drawing escapes its texts itself.
		v.Ladders = append(v.Ladders, ladder{Names: names(s, i), SVG: template.HTML(b.String())})
	}
}

// names are those of a ladder's ends.
func names(s *scene.Scene, ladder int) (n [2]string) {
	for edge, role := range s.Ladders[ladder].Names {
		n[edge] = report.Clean(string(role))
	}
	return n
}

// place says where a run was made: "ipv4 · lo · Linux 6.18".
func place(r *analysis.Run) string {
	where := []string{string(r.Family), r.Capture.Interface}
	if r.Sandboxed {
		where = append(where, "private namespace")
	}
	where = append(where, r.Platform.Name())
	where = slices.DeleteFunc(where, func(part string) bool { return part == "" })
	return report.Clean(strings.Join(where, " · "))
}

// verdictOf is a verdict in words.
func verdictOf(s *scene.Scene, v *analysis.Verdict) verdict {
	words := s.Brief(v)
	out := verdict{Event: v.Event, Call: report.Clean(words.Call), Meaning: report.Clean(words.Meaning), Test: report.Clean(words.Test),
		Class: faultClass(v.Fault)}
	for _, l := range words.Lines {
		out.Sentences = append(out.Sentences, sentence{Label: report.Clean(l.Label), Text: report.Clean(l.Text), Source: report.Clean(l.Source)})
	}
	return out
}
