package recording

import (
	"fmt"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// comment says of a segment that belongs to the cause of an error what made
// its sender emit it, what it did, and which calls it failed.
func comment(r *analysis.Run, s *capture.Segment) string {
	n := r.Notes[s.ID]
	if !n.Decisive {
		return ""
	}
	kind := s.Flags.String()
	if s.ICMP.Is() {
		kind = s.ICMP.String()
	}
	parts := []string{fmt.Sprintf("#%d %s", s.ID, kind)}
	if ev := r.Event(n.From.Event); ev != nil {
		parts = append(parts, fmt.Sprintf("sent by %s %s", ev.Role, ev.Op))
	} else if o := r.Occasion(s); o != "" {
		parts = append(parts, o)
	}
	for _, reason := range n.Reasons {
		parts = append(parts, string(reason))
	}
	if n.Effect != "" {
		parts = append(parts, n.Effect)
	}
	for _, v := range r.Verdicts {
		if ev := r.Event(v.Event); v.Cause.Segment == s.ID && v.Outcome == analysis.Explained {
			parts = append(parts, fmt.Sprintf("caused %s %s → %s", ev.Role, ev.Op, ev.Fault))
		}
	}
	return oneLine(strings.Join(parts, "; "))
}

// account says of a run what became of it, a line for each thing: which
// scenario, when it was recorded if it was replayed, and of every call that failed
// which segment it was and why it was sent. It is the capture's comment, of whole
// sentences because some readers join the lines. A run of which nothing can be
// said has none.
func account(r *analysis.Run) string {
	var lines []string
	if r.Scenario != "" {
		lines = append(lines, fmt.Sprintf("%s, %s: %s", r.Scenario, r.Result(), r.Summary))
	}
	lines = append(lines, r.Origin())
	told := make(map[string]bool)
	for i := range r.Verdicts {
		v := &r.Verdicts[i]
		ev := r.Event(v.Event)
		if ev == nil {
			continue
		}
		lines = append(lines, whatFailed(ev, v))
		if v.Outcome != analysis.Explained {
			lines = append(lines, v.Outcome.String()+": "+v.Because)
			continue
		}
		for _, l := range v.Chain {
			if l.Because != "" && !told[l.Because] {
				told[l.Because] = true
				lines = append(lines, "because "+l.Because)
			}
		}
		if len(v.Inferred) > 0 {
			lines = append(lines, "reason of the RST: "+joined(v.Inferred, " or "))
		}
	}
	for _, f := range r.Untold() {
		lines = append(lines, "the witnesses differ: "+f.Because)
	}
	if r.Trouble != "" {
		lines = append(lines, "not whole: "+r.Trouble)
	}
	if r.Differs != "" {
		lines = append(lines, "unexpected: "+r.Differs)
	}
	var said []string
	for _, line := range lines {
		if line != "" {
			said = append(said, strings.TrimSuffix(oneLine(line), ".")+".")
		}
	}
	return strings.Join(said, "\n")
}

// whatFailed is the head of a verdict: "client read → ECONNRESET, because of #6".
func whatFailed(ev *scenario.Event, v *analysis.Verdict) string {
	head := fmt.Sprintf("%s %s", ev.Role, ev.Op)
	if v.Fault != "" {
		head += fmt.Sprintf(" → %s", v.Fault)
	}
	if v.Outcome == analysis.Explained && v.Cause.Segment != 0 {
		head += fmt.Sprintf(", because of #%d", v.Cause.Segment)
	}
	return head
}

func joined[T ~string](list []T, between string) string {
	var words []string
	for _, w := range list {
		words = append(words, string(w))
	}
	return strings.Join(words, between)
}
