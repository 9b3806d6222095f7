package session

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/trace"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// tally is how well the model did.
type tally struct {
	calls, alone  int // calls, and those for which one result was predicted
	resets, heard int // RSTs, and those for which the kernel's reason is one of those inferred
	several       int // RSTs with several reasons, where nothing tells which
	raced         int // RSTs that the kernel gave another reason for
	lost          int // connections of which the capture lost frames
	inconclusive  int
	explaining    time.Duration
}

// finding is what is wrong with the explanation of one connection.
type finding struct {
	wrong []string // what may not be, each in a line
	raced []string // RSTs that the kernel gave another reason for, which few may have
	text  string   // the program, what came of it, and what the kernel said
}

func (f finding) String() string { return f.text + strings.Join(append(f.wrong, f.raced...), "\n") }

// judge explains one connection and returns what is wrong with that. said is nil
// where the kernel can not be heard.
func (n *tally) judge(e analysis.Evidence, said []heard) (x analysis.Explanation, f finding) {
	start := time.Now()
	x = analysis.Explain(e)
	n.explaining += time.Since(start)
	f.wrong = append(n.judgeCalls(e, x), n.judgeResets(e, x)...)
	if said == nil {
		return x, f
	}
	inferred := func(s *capture.Segment) []analysis.Reason { return x.Notes[s.ID].Reasons }
	differs, agreed := contradicts(said, e.Segments, inferred, func(s *capture.Segment) bool { return undecided(e, s) })
	n.heard += agreed
	if len(differs) > 0 {
		n.raced++
		f.raced = differs
	}
	return x, f
}

// judgeCalls says which calls returned what was not predicted.
func (n *tally) judgeCalls(e analysis.Evidence, x analysis.Explanation) (wrong []string) {
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
	return wrong
}

// judgeResets says which RSTs have no reason, or several without need.
func (n *tally) judgeResets(e analysis.Evidence, x analysis.Explanation) (wrong []string) {
	for i := range e.Segments {
		s := &e.Segments[i]
		if !s.Flags.Has(capture.RST) {
			continue
		}
		n.resets++
		reasons := x.Notes[s.ID].Reasons
		if len(reasons) > 1 && undecided(e, s) {
			n.several++
		} else if len(reasons) != 1 {
			wrong = append(wrong, fmt.Sprintf("#%d: inferred %q", s.ID, reasons))
		}
	}
	return wrong
}

// undecided reports whether the evidence leaves open what the RST s answers, or
// what it met.
func undecided(e analysis.Evidence, s *capture.Segment) bool {
	return overtaken(e.Segments, s) || slices.ContainsFunc(e.Events, func(ev scenario.Event) bool {
		return (ev.Op == scenario.OpClose || ev.Op == scenario.OpKill) && ev.Local == s.Src && (closing(ev, s) || ackedWhile(ev, e.Segments))
	})
}

// closing reports whether the socket that sent s, or the listener beside it, was
// being closed when s left, or so shortly before that the segment which s answers
// may have come meanwhile (SEMANTICS.md §7): nothing tells then what it met.
func closing(ev scenario.Event, s *capture.Segment) bool {
	const lead = 60 * time.Microsecond
	return !s.Time.Before(ev.Start) && !s.Time.Add(-lead).After(ev.End)
}

// ackedWhile reports whether the FIN of a socket was acknowledged, by a segment
// without one, while a close was under way: the kernel then keeps a whole socket in
// FIN_WAIT2 where that came in the close's last moments, and a bucket otherwise,
// and each answers data for a reason of its own.
func ackedWhile(ev scenario.Event, segments []capture.Segment) bool {
	var fin *capture.Segment
	for i := range segments {
		s := &segments[i]
		switch {
		case s.Src == ev.Local && s.Flags.Has(capture.FIN):
			fin = s
		case s.Time.Before(ev.Start) || s.Time.After(ev.End):
		case fin != nil && s.Dst == ev.Local && s.Flags&(capture.ACK|capture.FIN|capture.RST) == capture.ACK && s.Ack == fin.End():
			return true
		}
	}
	return false
}

// overtaken reports whether s is one of two RSTs that look the same, and that
// answer two segments which came within a moment, before either RST had left: two
// CPUs may have been at work on them, and either may have sent its RST first.
func overtaken(segments []capture.Segment, s *capture.Segment) bool {
	const moment = 60 * time.Microsecond
	var answered []*capture.Segment // before the first RST
	alike := 0
	for i := range segments {
		o := &segments[i]
		switch {
		case o.Src == s.Src && o.Flags == s.Flags && o.Seq == s.Seq:
			alike++
		case alike == 0 && o.Src == s.Dst && o.Flags.Has(capture.ACK) && o.Ack == s.Seq:
			answered = append(answered, o)
		}
	}
	n := len(answered)
	return alike > 1 && n > 1 && answered[n-1].Time.Sub(answered[n-2].Time) <= moment
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
			if s.Flags.Has(capture.RST) && h.of(s, near) {
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
