package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// SummaryHeading is the heading of a table of [SummaryLine]s.
func SummaryHeading(w io.Writer, o Options) error {
	s := newStyle(w, o)
	_, err := fmt.Fprintln(w, s.dim.Render(strings.TrimRight(s.columns("scenario", "error", "segment", "why"), " ")))
	return err
}

// SummaryLine says a run in one line: the scenario, the calls that failed and
// how, the segment that did it, and why it was sent. count is how many runs the
// line stands for.
func SummaryLine(w io.Writer, r *analysis.Run, count int, o Options) error {
	s := newStyle(w, o)
	name := s.named(r.Scenario, count)
	if res := r.Result(); res != analysis.Explained.String() {
		text := s.wrong(name, res, s.trouble(r))
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
	return s.text(cmp.Or(r.Trouble, r.Differs, callless(r)))
}

// callless says of a run without calls that there is nothing to explain.
func callless(r *analysis.Run) string {
	if len(r.Evidence.Events) > 0 || len(r.Evidence.Segments) == 0 {
		return ""
	}
	return "no call is recorded beside these segments, so there is no error to explain"
}

func (s *style) columns(name, failed, segment, why string) string {
	a, b, c := s.nameColumn(), 23+(s.Width-MinWidth)/4, 13
	return s.fit(name, a) + " " + s.fit(failed, b) + " " + s.fit(segment, c) + " " + s.fit(why, s.Width-a-b-c-3)
}

// wrong is the line of a run that was not explained as expected: what is wrong
// has the room of all columns but the first.
func (s *style) wrong(name, result, why string) string {
	a, b := s.nameColumn(), 12
	return s.fit(name, a) + " " + s.fit(result, b) + " " + s.fit(why, s.Width-a-b-2)
}

// nameColumn is as wide as the longest name of the catalogue with a count
// behind it.
func (s *style) nameColumn() int { return 22 + (s.Width-MinWidth)/8 }

// named is a scenario's name with the number of its runs, which is never cut.
func (s *style) named(scenario string, count int) string {
	times := ""
	if count > 1 {
		times = s.text(fmt.Sprintf(" ×%d", count))
	}
	name := s.text(scenario)
	if room := s.nameColumn() - lipgloss.Width(times); lipgloss.Width(name) > room {
		name = s.fit(name, room)
	}
	return name + times
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
	kind := ""
	for _, v := range r.Verdicts {
		seg := r.Segment(v.Cause.Segment)
		if seg == nil {
			continue
		}
		if id := fmt.Sprintf("#%d", seg.ID); len(ids) == 0 || ids[len(ids)-1] != id {
			ids = append(ids, id)
			kind = (seg.Flags & (capture.FIN | capture.RST | capture.ACK)).String()
			if seg.ICMP.Is() {
				kind = "ICMP"
			}
		}
	}
	if len(ids) == 0 {
		return "none"
	}
	return strings.Join(ids, ",") + " " + kind
}

// why is the shortest account of why the decisive segment was sent.
func why(r *analysis.Run) string {
	short := map[analysis.Reason]string{
		analysis.AbortOnClose: "closed, data unread", analysis.TimeWaitSocket: "data after close",
		analysis.AbortOnData: "data after close", analysis.NoSocket: "nobody listens",
		analysis.TCPFlags: "connection unknown", analysis.TCPState: "aborted",
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
