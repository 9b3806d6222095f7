package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/scenario"
)

// Full draws a run for a person: a title, its ladder, and under it a verdict
// in sentences for every call that failed.
func Full(w io.Writer, r *analysis.Run, o Options) error {
	s := newStyle(w, o)
	if _, err := io.WriteString(w, s.headline(r)); err != nil {
		return err
	}
	sc := s.scene(r)
	_, err := io.WriteString(w, s.ladders(sc)+s.verdicts(sc))
	return err
}

// headline names the run and where it was made.
func (s *style) headline(r *analysis.Run) string {
	where := []string{string(r.Family), r.Capture.Interface}
	if r.Sandboxed {
		where = append(where, "private namespace")
	}
	where = append(where, r.Platform.Name())
	where = slices.DeleteFunc(where, func(part string) bool { return part == "" })
	place := s.text(strings.Join(where, " "+s.dot+" "))
	title := s.text(r.Scenario)
	var b strings.Builder
	if title+place+r.Summary == "" {
		return "" // a capture of another program
	}
	if gap := s.Width - lipgloss.Width(title) - lipgloss.Width(place); gap >= 2 {
		fmt.Fprintf(&b, "%s%s%s\n", s.bold.Render(title), strings.Repeat(" ", gap), s.dim.Render(place))
	} else {
		s.lines(&b, s.bold, title)
		s.lines(&b, s.dim, place)
	}
	s.lines(&b, s.plain, s.text(r.Summary))
	s.lines(&b, s.mark, s.text(r.Origin()))
	if r.Translated() {
		s.lines(&b, s.mark, fmt.Sprintf("as %s would have behaved, by its source; the segments are those of the recording",
			analysis.Platform{OS: r.Evidence.Model.Name}.Name()))
	}
	b.WriteByte('\n')
	return b.String()
}

// lines prints clean text in as many lines as it takes, none if there is none.
func (s *style) lines(b *strings.Builder, paint lipgloss.Style, t string) {
	if t == "" {
		return
	}
	for _, line := range wrap(t, s.Width) {
		fmt.Fprintln(b, paint.Render(line))
	}
}

// verdicts says in sentences why each failed call failed.
func (s *style) verdicts(sc *scene.Scene) string {
	var b strings.Builder
	r := sc.Run
	for i := range r.Verdicts {
		s.verdict(&b, &r.Verdicts[i], sc.Brief(&r.Verdicts[i]))
	}
	for _, f := range r.Untold() {
		s.remark(&b, "unexplained:", f.Because)
	}
	if r.Differs != "" {
		s.remark(&b, "unexpected:", r.Differs)
	}
	if r.Trouble != "" {
		s.remark(&b, "not whole:", r.Trouble)
	}
	if t := callless(r); t != "" {
		s.remark(&b, "inconclusive:", t)
	}
	return b.String()
}

// remark prints what there is to say of a whole run.
func (s *style) remark(b *strings.Builder, label, t string) {
	for i, line := range wrap(s.text(label+" "+t), s.Width) {
		if rest, ok := strings.CutPrefix(line, label); ok && i == 0 {
			line = "\n" + s.fault.Render(label) + rest
		}
		fmt.Fprintln(b, line)
	}
}

// verdict prints one verdict.
func (s *style) verdict(b *strings.Builder, v *analysis.Verdict, words scene.Sentences) {
	s.verdictHead(b, v, words)
	for _, l := range words.Lines {
		s.sentence(b, l.Label, l.Text, l.Source)
	}
}

// verdictHead prints the call, what its fault means, and how Go tells it.
func (s *style) verdictHead(b *strings.Builder, v *analysis.Verdict, words scene.Sentences) {
	head := s.text(words.Call)
	paint := s.fault
	if v.Fault == scenario.EOF {
		paint = s.ok
	}
	meaning := s.text(words.Meaning)
	b.WriteByte('\n')
	if lipgloss.Width(head+"  "+meaning) > s.Width {
		s.lines(b, paint, head)
		b.WriteString(meaning)
		head = ""
	} else {
		b.WriteString(paint.Render(head))
		if meaning != "" {
			meaning = "  " + meaning
		}
		b.WriteString(meaning)
	}
	s.aside(b, lipgloss.Width(head+meaning), s.text(words.Test))
	b.WriteByte('\n')
}

// aside prints dim text at the right: on the line that has used so many columns
// already, if it fits there, else on lines of its own.
func (s *style) aside(b *strings.Builder, used int, t string) {
	if t == "" {
		return
	}
	if gap := s.Width - used - lipgloss.Width(t); gap >= 2 {
		b.WriteString(strings.Repeat(" ", gap) + s.dim.Render(t))
		return
	}
	for _, line := range wrap(t, s.Width) {
		b.WriteString("\n" + strings.Repeat(" ", s.Width-lipgloss.Width(line)) + s.dim.Render(line))
	}
}

// sentence prints a labelled sentence, wrapped, with its source at the right or
// behind it.
func (s *style) sentence(b *strings.Builder, label, t, source string) {
	indent := max(11, 2+lipgloss.Width(label)+2)
	for i, line := range wrap(s.text(t), s.Width-indent) {
		if i > 0 {
			b.WriteByte('\n')
			label = ""
		}
		fmt.Fprintf(b, "  %s%s", s.mark.Render(s.fit(label, indent-2)), line)
		t = line
	}
	s.aside(b, indent+lipgloss.Width(t), s.text(source))
	b.WriteByte('\n')
}
