package markdown

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/diagnosis"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/analysis/report/mermaid"
	"github.com/rstwatch/rstwatch/analysis/scene"
)

// Runs writes runs, one after the other, and what was not run. All says that
// calls are shown which are not worth it otherwise, see scene.All. An error is
// w's.
func Runs(w io.Writer, runs []*analysis.Run, all bool, skipped ...report.Skipped) error {
	d := &document{level: 1}
	names := headings(runs)
	if len(runs)+len(skipped) > 1 {
		d.heading(1, "rstwatch")
		d.contents(runs, names)
		d.level = 2
	}
	for i, r := range runs {
		s := scene.Of(r)
		if all {
			s = scene.All(r)
		}
		d.run(s, names[i])
	}
	for _, k := range skipped {
		d.paragraph("**skipped**: " + text(k.Scenario) + ": " + text(k.Reason))
	}
	_, err := io.WriteString(w, d.String())
	return err
}

// Diagnoses writes diagnoses of connections, one after the other. An error is
// w's.
func Diagnoses(w io.Writer, list []*diagnosis.Diagnosis) error {
	d := &document{level: 1}
	for _, one := range list {
		d.diagnosis(one)
	}
	_, err := io.WriteString(w, d.String())
	return err
}

type document struct {
	strings.Builder
	level int // of the headings of runs
}

// paragraph writes clean text, and an empty line before it.
func (d *document) paragraph(t string) {
	if d.Len() > 0 {
		d.WriteByte('\n')
	}
	d.WriteString(t)
	if !strings.HasSuffix(t, "\n") {
		d.WriteByte('\n')
	}
}

func (d *document) heading(level int, t string) {
	d.paragraph(strings.Repeat("#", level) + " " + text(t))
}

// headings names the runs, each differently.
func headings(runs []*analysis.Run) []string {
	names := make([]string, len(runs))
	for i, r := range runs {
		names[i] = r.Scenario
		if strings.TrimSpace(names[i]) == "" {
			names[i] = "a recording"
		}
		if slices.ContainsFunc(runs, func(o *analysis.Run) bool { return o != r && o.Scenario == r.Scenario && o.Family != r.Family }) {
			names[i] += " over " + string(r.Family)
		}
		for n, name := 2, names[i]; slices.ContainsFunc(names[:i], func(o string) bool { return anchor(o) == anchor(names[i]) }); n++ {
			names[i] = fmt.Sprintf("%s %d", name, n)
		}
	}
	return names
}

// contents lists the runs.
func (d *document) contents(runs []*analysis.Run, names []string) {
	var b strings.Builder
	for i, r := range runs {
		fmt.Fprintf(&b, "%d. [%s](#%s)", i+1, text(names[i]), anchor(names[i]))
		if r.Summary != "" {
			b.WriteString(" — " + text(r.Summary))
		}
		if result := r.Result(); result != analysis.Explained.String() {
			b.WriteString(" — **" + text(result) + "**")
		}
		b.WriteByte('\n')
	}
	d.paragraph(b.String())
}

// run writes a run: its story, its diagram and its verdicts.
func (d *document) run(s *scene.Scene, name string) {
	r := s.Run
	d.heading(d.level, name)
	if r.Summary != "" {
		d.paragraph("**" + text(r.Summary) + "**")
	}
	where := []string{string(r.Family), r.Capture.Interface}
	if r.Sandboxed {
		where = append(where, "private namespace")
	}
	where = append(where, r.Platform.Name(), r.Origin())
	if r.Translated() {
		where = append(where, "as "+analysis.Platform{OS: r.Evidence.Model.Name}.Name()+
			" would have behaved, by its source; the segments are those of the recording")
	}
	where = slices.DeleteFunc(where, func(t string) bool { return strings.TrimSpace(t) == "" })
	if len(where) > 0 {
		d.paragraph("_" + text(strings.Join(where, " · ")) + "_")
	}
	if r.Story != "" {
		d.paragraph(text(r.Story))
	}
	d.diagram(s)
	for i := range r.Verdicts {
		d.verdict(s.Brief(&r.Verdicts[i]))
	}
	for _, f := range r.Untold() {
		d.paragraph("**unexplained**: " + text(f.Because))
	}
	for _, t := range []struct{ label, text string }{{"unexpected", r.Differs}, {"not whole", r.Trouble}} {
		if t.text != "" {
			d.paragraph("**" + t.label + "**: " + text(t.text))
		}
	}
}

// diagram writes the sequence diagram of a scene.
func (d *document) diagram(s *scene.Scene) {
	var b strings.Builder
	if err := mermaid.Diagram(&b, s); err != nil {
		return // a strings.Builder takes everything
	}
	d.paragraph(block("mermaid", b.String()))
}

// verdict writes a verdict in sentences.
func (d *document) verdict(v scene.Sentences) {
	d.heading(d.level+1, v.Call)
	var head []string
	if v.Meaning != "" {
		head = append(head, text(v.Meaning))
	}
	if v.Test != "" {
		head = append(head, code(v.Test))
	}
	if len(head) > 0 {
		d.paragraph(strings.Join(head, " — "))
	}
	var b strings.Builder
	for _, l := range v.Lines {
		b.WriteString("- **" + text(l.Label) + "**: " + text(l.Text))
		if l.Source != "" {
			b.WriteString(" (_" + text(l.Source) + "_)")
		}
		b.WriteByte('\n')
	}
	if b.Len() > 0 {
		d.paragraph(b.String())
	}
}

// diagnosis writes a diagnosis of a connection.
func (d *document) diagnosis(one *diagnosis.Diagnosis) {
	c := &one.Connection
	d.heading(d.level, fmt.Sprintf("stream %d: %s", c.Stream, c.Ending))
	d.paragraph("_" + text(fmt.Sprintf("%s → %s", c.Sides[0].Addr, c.Sides[1].Addr)) + "_")
	d.diagram(scene.Between(one.Run, c.Sides[diagnosis.Client].Addr, c.Sides[diagnosis.Server].Addr))
	for _, f := range report.Findings(one) {
		line := text(f.Text)
		if f.Label != "" {
			line = "**" + text(f.Label) + "**: " + line
		}
		if f.Source != "" {
			line += " (_" + text(f.Source) + "_)"
		}
		d.paragraph("- " + line)
		if f.Command != "" {
			d.paragraph(indented(block("sh", f.Command)))
		}
	}
}

// indented puts a block within a point of a list.
func indented(t string) string {
	var b strings.Builder
	for line := range strings.Lines(t) {
		b.WriteString("  " + line)
	}
	return b.String()
}
