package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
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
	a, b, c := s.nameColumn(), 23+max(s.Width-DefaultWidth, 0)/4, segmentColumn
	line := s.fit(name, a) + " " + s.fit(failed, b) + " " + s.fit(segment, c)
	if room := s.Width - a - b - c - 3; room >= leastWhy {
		line += " " + s.fit(why, room)
	}
	return line
}

// wrong is the line of a run that was not explained as expected: what is wrong
// has the room of all columns but the first.
func (s *style) wrong(name, result, why string) string {
	a, b := s.nameColumn(), 12
	return s.fit(name, a) + " " + s.fit(result, b) + " " + s.fit(why, s.Width-a-b-2)
}

// nameColumn is as wide as the longest name of the catalogue with a count
// behind it.
func (s *style) nameColumn() int { return 22 + max(s.Width-DefaultWidth, 0)/8 }

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

// leading returns the verdict that a run is about: the first of those that weigh
// most; of a library's call the one on the call beneath it that failed. It is nil
// if all calls succeeded.
func leading(r *analysis.Run) *analysis.Verdict {
	var lead *analysis.Verdict
	for i := range r.Verdicts {
		if v := &r.Verdicts[i]; lead == nil || weight(v) > weight(lead) {
			lead = v
		}
	}
	if lead == nil {
		return nil
	}
	for i := range r.Verdicts {
		if v := &r.Verdicts[i]; v.Event == lead.Cause.Event {
			return v
		}
	}
	return lead
}

// weight says how much a verdict tells of how a connection ended.
func weight(v *analysis.Verdict) int {
	switch v.Fault {
	case scenario.Other:
		return 0
	case scenario.EOF:
		return 1
	case scenario.Deadline:
		return 2
	}
	return 3
}

// decisive names the segment that the leading verdict blames, and others of its
// kind that the run's further verdicts blame.
func (s *style) decisive(r *analysis.Run) string {
	lead := leading(r)
	if lead == nil || r.Segment(lead.Cause.Segment) == nil {
		return "none"
	}
	kind := segmentKind(r.Segment(lead.Cause.Segment))
	var ids []string
	for _, v := range r.Verdicts {
		seg := r.Segment(v.Cause.Segment)
		if seg == nil || segmentKind(seg) != kind {
			continue
		}
		if id := fmt.Sprintf("#%d", seg.ID); !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return strings.Join(ids, ",") + " " + kind
}

// segmentKind is what ended a connection: "RST,ACK", "FIN,ACK", "ICMP"; or, where
// it went unanswered, "SYN" or "data".
func segmentKind(seg *capture.Segment) string {
	switch flags := seg.Flags & (capture.SYN | capture.FIN | capture.RST | capture.ACK); {
	case seg.ICMP.Is():
		return "ICMP"
	case flags == capture.ACK && seg.Len > 0:
		return "data"
	default:
		return flags.String()
	}
}

// why is the shortest account of what made the leading verdict's call fail.
func why(r *analysis.Run) string {
	short := map[analysis.Reason]string{
		analysis.AbortOnClose: "closed, data unread", analysis.TimeWaitSocket: "data after close",
		analysis.AbortOnData: "data after close", analysis.NoSocket: "nobody listens",
		analysis.TCPFlags: "connection unknown", analysis.TCPState: "aborted",
		analysis.InvalidSYN: "accept queue full", analysis.InvalidAck: "half-open",
		analysis.KeepaliveTimeout: "no answer", analysis.DisconnectWithData: "aborted, data unsent",
	}
	lead := leading(r)
	switch {
	case lead == nil:
		return ""
	case len(lead.Inferred) > 0:
		return cmp.Or(short[lead.Inferred[0]], string(lead.Inferred[0]))
	case lead.Fault == scenario.Deadline:
		return "own deadline"
	case lead.Fault == scenario.Canceled:
		return "cancelled"
	case lead.Fault == scenario.Closed:
		return "own close"
	case lead.Cause.Event != 0:
		return "own " + string(r.Event(lead.Cause.Event).Op)
	case lead.Fault == scenario.EOF:
		return "orderly close"
	}
	switch seg := r.Segment(lead.Cause.Segment); {
	case seg == nil:
		return "no segment left"
	case seg.ICMP.Is():
		return seg.ICMP.Meaning()
	case seg.Flags.Has(capture.RST):
		return "somebody else's"
	case lead.Fault == scenario.ETIMEDOUT:
		return "no answer"
	}
	return "own shutdown" // what came after it was answered with an RST
}
