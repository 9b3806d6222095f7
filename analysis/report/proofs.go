package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/rstwatch/rstwatch/analysis"
)

// Proofs prints a table of what experiments show of each verdict, then why some
// can not be tested, and in full the runs of which something is wrong.
func Proofs(w io.Writer, runs []*analysis.Run, o Options, skipped ...Skipped) error {
	s := newStyle(w, o)
	t := s.newProofSheet(runs)
	var b strings.Builder
	fmt.Fprintln(&b, s.dim.Render(t.line("scenario", "call", "error", "segment", "necessary", "sufficient")))
	var notes []string
	for _, r := range runs {
		name := r.Scenario
		for i := range r.Verdicts {
			notes = append(notes, t.verdict(&b, r, &r.Verdicts[i], name)...)
			name = ""
		}
		if len(r.Verdicts) == 0 {
			fmt.Fprintln(&b, t.line(s.text(name), "", "", "none", "", ""))
		}
	}
	if len(notes) > 0 {
		fmt.Fprintln(&b)
	}
	for _, n := range notes {
		s.lines(&b, s.dim, s.text(n))
	}
	fmt.Fprintln(&b, s.proofSum(runs, len(skipped)))
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	for _, r := range runs {
		if r.Result() == analysis.Explained.String() {
			continue
		}
		fmt.Fprintln(w)
		if err := Full(w, r, o); err != nil {
			return err
		}
	}
	return notRun(w, skipped, o)
}

// proofSheet is a table whose columns are as wide as what stands in them.
type proofSheet struct {
	*style
	name, call, failed int
}

const findingColumn = len(analysis.NotTestable)

func (s *style) newProofSheet(runs []*analysis.Run) *proofSheet {
	t := &proofSheet{style: s, name: len("scenario"), call: len("call"), failed: len("error")}
	for _, r := range runs {
		t.name = max(t.name, lipgloss.Width(s.text(r.Scenario)))
		for _, v := range r.Verdicts {
			t.call = max(t.call, lipgloss.Width(s.callOf(r, &v)))
			t.failed = max(t.failed, len(v.Fault))
		}
	}
	others := segmentColumn + 2*findingColumn + 5 + t.call + t.failed
	t.name = max(min(t.name, s.Width-others), len("scenario"))
	return t
}

func (t *proofSheet) line(name, call, fault, segment, necessary, sufficient string) string {
	cells := []string{t.fit(name, t.name), t.fit(call, t.call), t.fit(fault, t.failed), t.fit(segment, segmentColumn),
		t.fit(necessary, findingColumn), sufficient}
	return strings.TrimRight(strings.Join(cells, " "), " ")
}

// verdict prints the line of one verdict and returns what is to be said of it
// below the table.
func (t *proofSheet) verdict(b *strings.Builder, r *analysis.Run, v *analysis.Verdict, name string) (notes []string) {
	segment := "none"
	if s := r.Segment(blamed(v)); s != nil {
		segment = fmt.Sprintf("#%d %s", s.ID, segmentKind(s))
	}
	p := v.Proof
	if p == nil {
		fmt.Fprintln(b, t.style.fault.Render(t.line(t.text(name), t.callOf(r, v), string(v.Fault), segment, "not tried", "")))
		return []string{fmt.Sprintf("%s, %s: not tried: %s", r.Scenario, t.callOf(r, v), t.trouble(r))}
	}
	line := t.line(t.text(name), t.callOf(r, v), string(v.Fault), segment, findingWords(p.Necessary), findingWords(p.Sufficient))
	if p.Refuted() {
		line = t.style.fault.Render(line)
	}
	fmt.Fprintln(b, line)
	return t.untested(r, v)
}

// untested says why something of a verdict can not be tested.
func (t *proofSheet) untested(r *analysis.Run, v *analysis.Verdict) []string {
	p := v.Proof
	if p.Refuted() || p.Whole() {
		return nil
	}
	var reasons []string
	add := func(because string) {
		if because != "" && !slices.Contains(reasons, because) {
			reasons = append(reasons, because)
		}
	}
	for _, l := range p.Links {
		if l.Finding == analysis.NotTestable {
			add(l.Because)
		}
	}
	add(p.Excuse)
	if len(reasons) == 0 {
		add("the reason was not recorded")
	}
	return []string{fmt.Sprintf("not testable: %s, %s: %s", r.Scenario, t.callOf(r, v), strings.Join(reasons, "; "))}
}

func findingWords(f analysis.Shown) string { return strings.ReplaceAll(string(f), "-", " ") }

func (s *style) callOf(r *analysis.Run, v *analysis.Verdict) string {
	e := r.Event(v.Event)
	return s.text(fmt.Sprintf("%s %s", e.Role, e.Op))
}

// blamed returns the last segment of a verdict's chain, 0 if it has none.
func blamed(v *analysis.Verdict) (id int) {
	for _, l := range v.Chain {
		if l.Segment != 0 {
			id = l.Segment
		}
	}
	return id
}

// proofSum counts verdicts by what was shown of them.
func (s *style) proofSum(runs []*analysis.Run, skipped int) string {
	var all, proven, refuted, untried int
	for _, r := range runs {
		for _, v := range r.Verdicts {
			all++
			switch {
			case v.Proof == nil:
				untried++
			case v.Proof.Refuted():
				refuted++
			case v.Proof.Whole():
				proven++
			}
		}
	}
	text := fmt.Sprintf("%d of %d verdicts proven, %d refuted, %d not testable", proven, all, refuted, all-proven-refuted-untried)
	paint := s.ok
	if untried > 0 {
		text += fmt.Sprintf(", %d not tried", untried)
	}
	if skipped > 0 {
		text += fmt.Sprintf(", %d scenarios skipped", skipped)
	}
	if refuted+untried+skipped > 0 {
		paint = s.fault
	}
	return paint.Render(text)
}
