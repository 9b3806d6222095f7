package story

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/trace"
	"github.com/rstwatch/rstwatch/scenario"
)

// Story is a text that can be performed.
type Story struct {
	Scenario *scenario.Scenario
	text     *trace.Trace
}

// New reads a text. Its name becomes the scenario's; its first comment says
// what it is about. An error is a [*trace.LineError].
func New(name, text string) (*Story, error) {
	t, err := trace.Parse(text)
	if err != nil {
		return nil, err
	}
	if err := playable(t); err != nil {
		return nil, err
	}
	sc := &scenario.Scenario{Name: name, Tags: []string{"text"}, Play: func(s *scenario.Stage) { play(s, t) }}
	comments := opening(text)
	if len(comments) > 0 {
		sc.Summary = comments[0]
		sc.Story = strings.Join(comments, "\n")
	}
	return &Story{Scenario: sc, text: t}, nil
}

// opening returns the comment that a text begins with, line by line.
func opening(text string) (lines []string) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		comment, ok := strings.CutPrefix(line, "#")
		switch {
		case ok:
			lines = append(lines, strings.TrimSpace(comment))
		case line != "" || len(lines) > 0:
			return lines
		}
	}
	return lines
}

// Differs compares a performance with the text, and returns one error for each
// line that it contradicts, in order.
func (s *Story) Differs(run *analysis.Run) []*trace.LineError { return s.text.Against(run) }

// calls lists the operations that a story may have, and what each takes.
func calls() map[scenario.Op]string {
	return map[scenario.Op]string{
		scenario.OpListen: "", scenario.OpBind: "", scenario.OpDial: "", scenario.OpAccept: "", scenario.OpClose: "",
		scenario.OpCloseWrite: "", scenario.OpCloseRead: "", scenario.OpSOError: "",
		scenario.OpRead: "read 16", scenario.OpWrite: `write "ab"`, scenario.OpSetLinger: "set-linger 0", scenario.OpPoll: "poll HUP",
	}
}

// playable reports the first line that no story can have.
func playable(t *trace.Trace) error {
	if t.Recorded {
		return &trace.LineError{Line: 1, Err: fmt.Errorf("it declares sockets, as a recording does: rstwatch analyze explains it")}
	}
	if t.Assumes != 0 {
		return &trace.LineError{Line: t.Assumes, Err: fmt.Errorf("a story says nothing of models and of what a socket is: leave the line out")}
	}
	if len(t.Steps) == 0 {
		return &trace.LineError{Line: 1, Err: fmt.Errorf("no call: a line is such as client dial")}
	}
	made := make(map[string]bool)
	for i := range t.Steps {
		if err := playableStep(t, &t.Steps[i], made); err != nil {
			return &trace.LineError{Line: t.Steps[i].Line, Err: err}
		}
	}
	return nil
}

// playableStep checks one line; made has the ends that are there by then.
func playableStep(t *trace.Trace, s *trace.Step, made map[string]bool) error {
	if s.Segment != 0 {
		if s.Name == "net" {
			return fmt.Errorf("a story sends no ICMP error: see rstwatch list for those of the laboratory")
		}
		return nil
	}
	ev := &t.Evidence.Events[s.Event-1]
	ops := calls()
	takes, known := ops[ev.Op]
	switch {
	case s.Returns:
		return nil
	case !known:
		return fmt.Errorf("%q is no call of a story: there are %s", ev.Op, list(ops))
	case takes != "" && ev.Asked == 0 && s.Text == "" && ev.Op != scenario.OpSetLinger && ev.Op != scenario.OpWrite:
		return fmt.Errorf("%s takes a number, such as %s", ev.Op, takes)
	case takes == "" && ev.Asked != 0:
		return fmt.Errorf("%s takes nothing, and not %d", ev.Op, ev.Asked)
	case ev.Asked < 0 && ev.Op != scenario.OpSetLinger || ev.Asked > mostOctets:
		return fmt.Errorf("%s takes a number up to %d, not %d", ev.Op, mostOctets, ev.Asked)
	case !ev.Deadline.IsZero() && (s.Within == 0 || ev.Op != scenario.OpRead):
		return fmt.Errorf("only a read has a deadline in a story: read 16 within 20ms")
	case ev.Op == scenario.OpPoll && ev.Asked != scenario.PollHup && ev.Asked != scenario.PollRdHup && ev.Asked != scenario.PollIn:
		return fmt.Errorf("a story polls for HUP, RDHUP or IN")
	}
	return fits(s, ev, made)
}

// fits checks that the call is that of the role which has such a socket.
func fits(s *trace.Step, ev *scenario.Event, made map[string]bool) error {
	switch ev.Op {
	case scenario.OpDial, scenario.OpAccept:
		if want := map[scenario.Op]scenario.Role{scenario.OpDial: scenario.Client, scenario.OpAccept: scenario.Server}[ev.Op]; ev.Role != want {
			return fmt.Errorf("the %s does not %s: the %s does", ev.Role, ev.Op, want)
		}
		if made[s.Name] {
			return fmt.Errorf("%s has a socket already: another connection's is %s.2", s.Name, ev.Role)
		}
		made[s.Name] = true
		return nil
	}
	if s.Listens {
		if ev.Role != scenario.Server {
			return fmt.Errorf("the %s has no listener: the server has", ev.Role)
		}
		return nil
	}
	if !made[s.Name] {
		need := map[scenario.Role]scenario.Op{scenario.Client: scenario.OpDial, scenario.Server: scenario.OpAccept}[ev.Role]
		return fmt.Errorf("%s has no socket yet: a line %s %s comes before", s.Name, s.Name, need)
	}
	return nil
}

// mostOctets bounds what a story reads and writes in one call.
const mostOctets = 16 << 20

func list(ops map[scenario.Op]string) string {
	var names []string
	for op := range ops {
		names = append(names, string(op))
	}
	slices.Sort(names)
	return strings.Join(names, ", ") + ", close-listener"
}
