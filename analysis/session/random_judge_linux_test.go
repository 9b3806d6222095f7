package session

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/trace"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// tally is how well the model did.
type tally struct {
	calls, alone  int      // calls, and those for which one result was predicted
	resets, heard int      // RSTs, and those whose reason is the kernel's own
	otherwise     []string // RSTs that the kernel gave another reason for
	lost          int      // connections of which the capture lost frames
	inconclusive  int
	explaining    time.Duration
}

// report prints the tally and fails where the model was too often undecided.
func (n *tally) report(t *testing.T) {
	t.Helper()
	part := 100 * float64(n.alone) / float64(max(n.calls, 1))
	t.Logf("%d calls, one result predicted for %.2f %%; %d RSTs, %d for the reason that the kernel gave; "+
		"%d verdicts inconclusive; %d connections left out, for frames were lost; %v to explain",
		n.calls, part, n.resets, n.heard, n.inconclusive, n.lost, n.explaining.Round(time.Millisecond))
	// Nothing tells, once in some thousand times, whether the acknowledgement of a
	// FIN found the socket still held by the close, which keeps a whole socket in
	// FIN_WAIT2 (tcp_rcv_state_process, sock_owned_by_user); or which of two CPUs
	// was first, where two RSTs that are alike leave within a microsecond.
	if len(n.otherwise) > 2+n.resets/1000 {
		t.Errorf("%d RSTs of %d for another reason than the kernel gave", len(n.otherwise), n.resets)
	}
	for _, line := range n.otherwise {
		t.Log("another reason: " + line)
	}
	if part < 97 {
		t.Errorf("one result was predicted for %.2f %% of the calls, want 97 %%", part)
	}
}

// judge explains one connection and returns what is wrong with that, each in a
// line. said is nil where the kernel can not be heard.
func (n *tally) judge(e analysis.Evidence, said []heard) (x analysis.Explanation, wrong []string) {
	start := time.Now()
	x = analysis.Explain(e)
	n.explaining += time.Since(start)
	n.calls += len(e.Events)
	for _, ev := range e.Events {
		i := slices.IndexFunc(x.Calls, func(c analysis.Call) bool { return c.Event == ev.ID })
		switch {
		case i < 0:
			wrong = append(wrong, fmt.Sprintf("the model says nothing of call %d", ev.ID))
			continue
		case !slices.Contains(x.Calls[i].Predicted, ev.Fault):
			wrong = append(wrong, fmt.Sprintf("call %d gave %q, predicted %q", ev.ID, ev.Fault, x.Calls[i].Predicted))
		case len(x.Calls[i].Predicted) == 1:
			n.alone++
		}
	}
	for _, v := range x.Verdicts {
		switch v.Outcome {
		case analysis.Unexplained:
			wrong = append(wrong, fmt.Sprintf("call %d: %s", v.Event, v.Because))
		case analysis.Inconclusive:
			n.inconclusive++
		}
	}
	inferred := func(s *capture.Segment) []analysis.Reason { return x.Notes[s.ID].Reasons }
	for i := range e.Segments {
		if s := &e.Segments[i]; s.Flags.Has(capture.RST) {
			n.resets++
			if some := len(inferred(s)); some == 0 || some > 1 && !closing(e.Events, s) {
				wrong = append(wrong, fmt.Sprintf("#%d: inferred %q", s.ID, inferred(s)))
			}
		}
	}
	if said != nil {
		differs, agreed := contradicts(said, e.Segments, inferred, func(s *capture.Segment) bool { return closing(e.Events, s) })
		n.heard += agreed
		n.otherwise = append(n.otherwise, differs...)
	}
	return x, wrong
}

// closing reports whether the socket that sent s, or the listener beside it, was
// being closed when s left, or so shortly before that the segment which s answers
// may have come meanwhile (SEMANTICS.md §7): nothing tells then what it met.
func closing(events []scenario.Event, s *capture.Segment) bool {
	const lead = 60 * time.Microsecond
	return slices.ContainsFunc(events, func(ev scenario.Event) bool {
		return ev.Op == scenario.OpClose && ev.Local == s.Src && !s.Time.Before(ev.Start) && !s.Time.Add(-lead).After(ev.End)
	})
}

// show prints a program, what came of it in the form that analyze reads, and
// what the kernel said.
func show(p program, e analysis.Evidence, x analysis.Explanation, said []heard) string {
	var b strings.Builder
	fmt.Fprintln(&b, p)
	run := &analysis.Run{Number: 1, Scenario: "random", Family: p.family, Platform: platform(), Evidence: e, Explanation: x}
	if err := trace.Print(&b, []*analysis.Run{run}); err != nil {
		fmt.Fprintln(&b, err)
	}
	for i := range e.Segments {
		s := &e.Segments[i]
		for _, h := range said {
			if s.Flags.Has(capture.RST) && h.of(s) {
				fmt.Fprintf(&b, "# the kernel about #%d: %s, %v to %v at %v\n", s.ID, h.reason, h.src, h.dst, h.at.Sub(e.Events[0].Start))
			}
		}
	}
	return b.String()
}

// evidence returns the events and segments of one connection as evidence.
func evidence(events []scenario.Event, segments []capture.Segment) analysis.Evidence {
	return analysis.Evidence{Model: analysis.Linux(), Events: events, Segments: own(segments, events)}
}
