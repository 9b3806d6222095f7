package scene

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
)

// proof says what experiments show of a verdict: of each link of its chain, then
// of the cause as a whole, with the numbers of the trials that show it.
func (s *Scene) proof(p *analysis.Proof) (list []Sentence) {
	if p == nil {
		return nil
	}
	for _, l := range p.Links {
		list = append(list, Sentence{finding(l.Finding), fmt.Sprintf("%s → %s: %s", s.member(l.From), s.member(l.To), l.Because), trials(l.Trials)})
	}
	text := fmt.Sprintf("necessary: %s, sufficient: %s, by %s", words(p.Necessary), words(p.Sufficient), count(len(p.Trials), "experiment"))
	list = append(list, Sentence{"in all", text, ""})
	if t := doses(p.Doses); t != "" {
		list = append(list, Sentence{"dose", t, "RFC 9293 §3.10.7, RFC 5961 §3.2"})
	}
	return list
}

// finding is a label for a finding.
func finding(f analysis.Shown) string {
	if f == analysis.NotTestable {
		return "untested"
	}
	return string(f)
}

// words is a finding as people say it.
func words(f analysis.Shown) string { return strings.ReplaceAll(string(f), "-", " ") }

// member names one member of a chain.
func (s *Scene) member(l analysis.Link) string {
	if ev := s.Run.Event(l.Event); ev != nil {
		return fmt.Sprintf("%s %s", ev.Role, ev.Op)
	}
	return fmt.Sprintf("#%d", l.Segment)
}

func trials(numbers []int) string {
	if len(numbers) == 0 {
		return ""
	}
	var list []string
	for _, n := range slices.Compact(slices.Clone(numbers)) {
		list = append(list, fmt.Sprint(n))
	}
	word := "trial "
	if len(list) > 1 {
		word = "trials "
	}
	return word + strings.Join(list, ", ")
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// doses says what an RST with other numbers did, and where the rules say
// otherwise.
func doses(list []analysis.Dose) string {
	if len(list) == 0 {
		return ""
	}
	var parts []string
	agree := true
	for _, d := range list {
		part := fmt.Sprintf("%s: %s", d.What, d.Saw)
		if d.Saw != d.Model {
			agree = false
			part += fmt.Sprintf(" (the rules say %s)", cmp.Or(d.Model, "nothing"))
		}
		parts = append(parts, part)
	}
	text := "an RST with other numbers is, " + strings.Join(parts, "; ")
	if agree {
		text += "; the rules say the same"
	}
	return text
}
