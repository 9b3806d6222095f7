package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"syscall"

	"github.com/charmbracelet/lipgloss"
	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// Full draws a run for a person: a title, its ladder, and under it a verdict
// in sentences for every call that failed.
func Full(w io.Writer, r *analysis.Run, o Options) error {
	s := newStyle(w, o)
	if _, err := io.WriteString(w, s.headline(r)); err != nil {
		return err
	}
	if err := Ladder(w, r, o); err != nil {
		return err
	}
	_, err := io.WriteString(w, s.verdicts(r))
	return err
}

// headline names the run and where it was made.
func (s *style) headline(r *analysis.Run) string {
	where := []string{string(r.Family), r.Capture.Interface}
	if r.Sandboxed {
		where = append(where, "private namespace")
	}
	where = append(where, platformName(r.Platform))
	place := s.text(strings.Join(where, " "+s.dot+" "))
	title := s.text(r.Scenario)
	var b strings.Builder
	gap := s.Width - lipgloss.Width(title) - lipgloss.Width(place)
	fmt.Fprintf(&b, "%s%s%s\n", s.bold.Render(title), strings.Repeat(" ", max(gap, 2)), s.dim.Render(place))
	for _, line := range wrap(s.text(r.Summary), s.Width) {
		fmt.Fprintln(&b, line)
	}
	b.WriteByte('\n')
	return b.String()
}

// platformName says on which system, as people call it.
func platformName(p analysis.Platform) string {
	names := map[string]string{"linux": "Linux", "darwin": "macOS"}
	return strings.TrimSpace(cmp.Or(names[p.OS], p.OS) + " " + p.Release)
}

// verdicts says in sentences why each failed call failed.
func (s *style) verdicts(r *analysis.Run) string {
	var b strings.Builder
	told := make(map[string]bool)
	for i := range r.Verdicts {
		s.verdict(&b, r, &r.Verdicts[i], told)
	}
	if r.Differs != "" {
		fmt.Fprintf(&b, "\n%s %s\n", s.fault.Render("unexpected:"), s.text(r.Differs))
	}
	if r.Trouble != "" {
		fmt.Fprintf(&b, "\n%s %s\n", s.fault.Render("not whole:"), s.text(r.Trouble))
	}
	return b.String()
}

// verdict prints one verdict. Clauses that an earlier verdict of the run has
// told are not told again.
func (s *style) verdict(b *strings.Builder, r *analysis.Run, v *analysis.Verdict, told map[string]bool) {
	ev := r.Event(v.Event)
	s.verdictHead(b, ev, v)
	if v.Outcome != analysis.Explained {
		s.sentence(b, v.Outcome.String(), v.Because, "")
		return
	}
	fresh := false
	for _, l := range v.Chain {
		if l.Because != "" && !told[l.Because] {
			s.sentence(b, "because", l.Because, l.Source)
			told[l.Because], fresh = true, true
		}
	}
	if !fresh {
		s.sentence(b, "because", v.Because, v.Source)
	}
	if len(v.Inferred) > 0 {
		s.sentence(b, "reason", reasons(v.Inferred)+", inferred from the calls of both sides", "")
	}
	if ev.Op != scenario.OpDial {
		s.sentence(b, "next", fmt.Sprintf("read → %s, write → %s", resultName(v.Next.Read), resultName(v.Next.Write)), "")
	}
	if v.Elsewhere.Fault == v.Fault {
		s.sentence(b, elsewhere(r), "the same", "")
	} else {
		s.sentence(b, elsewhere(r), resultName(v.Elsewhere.Fault)+", by the rule "+v.Elsewhere.Rule, v.Elsewhere.Source)
	}
}

// verdictHead prints the call, what its fault means, and how Go tells it.
func (s *style) verdictHead(b *strings.Builder, ev *scenario.Event, v *analysis.Verdict) {
	head, test := s.title(ev), v.Fault.Test()
	paint := s.fault
	if v.Fault == scenario.EOF {
		paint = s.ok
	}
	meaning := s.text(meaning(v.Fault))
	fmt.Fprintf(b, "\n%s  %s", paint.Render(head), meaning)
	if gap := s.Width - lipgloss.Width(head+"  "+meaning) - lipgloss.Width(test); gap >= 2 {
		fmt.Fprintf(b, "%s%s\n", strings.Repeat(" ", gap), s.dim.Render(test))
	} else {
		fmt.Fprintf(b, "\n%s%s\n", strings.Repeat(" ", max(s.Width-lipgloss.Width(test), 0)), s.dim.Render(test))
	}
}

// elsewhere names the other platform.
func elsewhere(r *analysis.Run) string {
	if r.Evidence.Model.Name == "darwin" {
		return "Linux"
	}
	return "macOS"
}

// resultName names a result in a list.
func resultName(f scenario.Fault) string {
	switch f {
	case "":
		return "ok"
	case analysis.Blocks:
		return "waits"
	}
	return string(f)
}

func reasons(list []analysis.Reason) string {
	var names []string
	for _, r := range list {
		names = append(names, string(r))
	}
	return strings.Join(names, " or ")
}

// sentence prints a labelled sentence, wrapped, with its source at the right or
// behind it.
func (s *style) sentence(b *strings.Builder, label, t, source string) {
	const indent = 11
	t, source = s.text(t), s.text(source)
	lines := wrap(t, s.Width-indent)
	for i, l := range lines {
		if i > 0 {
			label = ""
		}
		fmt.Fprintf(b, "  %s%s", s.mark.Render(s.fit(label, indent-2)), l)
		if i == len(lines)-1 && source != "" {
			if gap := s.Width - indent - lipgloss.Width(l) - lipgloss.Width(source); gap >= 2 {
				fmt.Fprintf(b, "%s%s", strings.Repeat(" ", gap), s.dim.Render(source))
			} else {
				fmt.Fprintf(b, "\n%*s", s.Width-lipgloss.Width(source), "")
				b.WriteString(s.dim.Render(source))
			}
		}
		b.WriteByte('\n')
	}
}

// meaning is what the C library prints for an errno (strerror(3)).
func meaning(f scenario.Fault) string {
	switch f {
	case scenario.EOF:
		return "end of the stream"
	case scenario.Deadline:
		return "i/o timeout"
	case scenario.Closed:
		return "use of closed network connection"
	case scenario.Canceled:
		return "operation was canceled"
	case "":
		return "success"
	}
	for n := syscall.Errno(1); n < 134; n++ {
		if unix.ErrnoName(n) == string(f) {
			return n.Error()
		}
	}
	return ""
}

// SummaryHeading is the heading of a table of [SummaryLine]s.
func SummaryHeading(w io.Writer, o Options) error {
	s := newStyle(w, o)
	_, err := fmt.Fprintln(w, s.dim.Render(s.columns("scenario", "error", "segment", "why")))
	return err
}

// SummaryLine says a run in one line: the scenario, the calls that failed and
// how, the segment that did it, and why it was sent. count is how many runs the
// line stands for.
func SummaryLine(w io.Writer, r *analysis.Run, count int, o Options) error {
	s := newStyle(w, o)
	name := s.text(r.Scenario)
	if count > 1 {
		name = fmt.Sprintf("%s ×%d", name, count)
		if s.ASCII {
			name = fmt.Sprintf("%s x%d", s.text(r.Scenario), count)
		}
	}
	if res := r.Result(); res != analysis.Explained.String() {
		text := s.columns(name, res, "", s.trouble(r))
		_, err := fmt.Fprintln(w, s.fault.Render(strings.TrimRight(text, " ")))
		return err
	}
	_, err := fmt.Fprintln(w, strings.TrimRight(s.columns(name, s.failures(r), s.decisive(r), why(r)), " "))
	return err
}

func (s *style) trouble(r *analysis.Run) string {
	for _, v := range r.Verdicts {
		if v.Outcome != analysis.Explained {
			return s.title(r.Event(v.Event)) + ": " + s.text(v.Because)
		}
	}
	return s.text(cmp.Or(r.Trouble, r.Differs))
}

func (s *style) columns(name, failed, segment, why string) string {
	wide := (s.Width - MinWidth) / 4
	a, b, c := 18, 24+wide, 13
	return s.fit(name, a) + " " + s.fit(failed, b) + " " + s.fit(segment, c) + " " + s.fit(why, s.Width-a-b-c-3)
}

// failures lists the faults of a run: "write ECONNRESET, EPIPE".
func (s *style) failures(r *analysis.Run) string {
	var parts []string
	last := ""
	for _, v := range r.Verdicts {
		ev := r.Event(v.Event)
		who := string(ev.Op)
		if v.Fault == scenario.EOF {
			who = string(ev.Role)
		}
		if who == last {
			parts = append(parts, string(v.Fault))
			continue
		}
		last = who
		parts = append(parts, who+" "+string(v.Fault))
	}
	return s.text(strings.Join(parts, ", "))
}

// decisive names the segments that the failed calls blame.
func (s *style) decisive(r *analysis.Run) string {
	var ids []string
	flags := capture.Flags(0)
	for _, v := range r.Verdicts {
		seg := r.Segment(v.Cause.Segment)
		if seg == nil {
			continue
		}
		if id := fmt.Sprintf("#%d", seg.ID); len(ids) == 0 || ids[len(ids)-1] != id {
			ids = append(ids, id)
			flags = seg.Flags & (capture.FIN | capture.RST | capture.ACK)
		}
	}
	if len(ids) == 0 {
		return "none"
	}
	return strings.Join(ids, ",") + " " + flags.String()
}

// why is the shortest account of why the decisive segment was sent.
func why(r *analysis.Run) string {
	short := map[analysis.Reason]string{
		analysis.AbortOnClose: "closed, data unread", analysis.TimeWaitSocket: "data after close",
		analysis.AbortOnData: "data after close", analysis.NoSocket: "nobody listens",
		analysis.TCPFlags: "connection unknown", analysis.TCPState: "aborted: linger 0",
		analysis.AbortOnLinger: "closed in FIN_WAIT2",
	}
	for _, v := range r.Verdicts {
		if len(v.Inferred) > 0 {
			return cmp.Or(short[v.Inferred[0]], string(v.Inferred[0]))
		}
	}
	for _, v := range r.Verdicts {
		if v.Fault == scenario.EOF {
			return "orderly close"
		}
	}
	return ""
}
