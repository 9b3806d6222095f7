package trace

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// Against compares a performance of the text with what it expects: results and
// causes of calls, segments and why they were sent. Calls are those of the same
// role and operation in the same order, for a performance may have more; of the
// segments, each one given in the text must have been captured after those above
// it in its direction, with the numbers that the text gives. There is one error
// for each line that is contradicted, in order.
func (t *Trace) Against(run *analysis.Run) []*LineError {
	m := &match{text: t, run: run, events: make(map[int]*scenario.Event), segments: make(map[int]int),
		addrs: make(map[string]netip.AddrPort), wrong: make(map[int]error)}
	m.calls()
	m.wire()
	for i := range t.expected {
		m.compare(&t.expected[i])
	}
	var list []*LineError
	for line, err := range m.wrong {
		list = append(list, &LineError{line, err})
	}
	slices.SortFunc(list, func(a, b *LineError) int { return cmp.Compare(a.Line, b.Line) })
	return list
}

// match ties what is in a text to what happened.
type match struct {
	text     *Trace
	run      *analysis.Run
	events   map[int]*scenario.Event // by ID in the text
	segments map[int]int             // IDs, by ID in the text
	addrs    map[string]netip.AddrPort
	wrong    map[int]error // the first of each line
}

func (m *match) fail(line int, format string, a ...any) {
	if m.wrong[line] == nil {
		m.wrong[line] = fmt.Errorf(format, a...)
	}
}

// calls finds the calls of the text among those made.
func (m *match) calls() {
	rest := m.run.Evidence.Events
	for i := range m.text.Steps {
		step := &m.text.Steps[i]
		if step.Event == 0 || step.Returns {
			continue
		}
		want := &m.text.Evidence.Events[step.Event-1]
		at := slices.IndexFunc(rest, func(ev scenario.Event) bool {
			return ev.Role == want.Role && ev.Op == want.Op && (ev.Op != scenario.OpPoll || ev.Asked == want.Asked)
		})
		if at < 0 {
			m.fail(step.Line, "%s was not made", step.call(want))
			continue
		}
		ev := &rest[at]
		rest = rest[at+1:]
		m.events[step.Event] = ev
		if ev.End.IsZero() {
			m.fail(step.Line, "%s had not returned when the story ended", step.call(want))
		}
		if !step.Listens && ev.Local.IsValid() && ev.Remote.IsValid() {
			m.addrs[step.Name] = plain(ev.Local)
			if peer := Other(step.Name); !m.addrs[peer].IsValid() {
				m.addrs[peer] = plain(ev.Remote)
			}
		}
	}
}

// call names a call as the text does.
func (s *Step) call(ev *scenario.Event) string {
	words := []string{s.Name, string(ev.Op)}
	switch {
	case s.Listens && ev.Op == scenario.OpClose:
		words[1] = string(closeListener)
	case s.Text != "":
		words = append(words, strconv.QuoteToASCII(s.Text))
	case ev.Op == scenario.OpPoll:
		words = append(words, pollText(ev.Asked))
	case ev.Asked != 0 || ev.Op == scenario.OpSetLinger:
		words = append(words, strconv.Itoa(ev.Asked))
	}
	return strings.Join(words, " ")
}

// compare holds what a line expects against what happened.
func (m *match) compare(w *expectation) {
	if m.wrong[w.line] != nil {
		return
	}
	live := *w
	live.predicted, live.tolerant = nil, true
	if w.event == 0 {
		if live.segment = m.segments[w.segment]; live.segment != 0 {
			m.judge(&live)
		}
		return
	}
	ev := m.events[w.event]
	if ev == nil {
		return
	}
	step := m.step(w.event)
	name := step.call(&m.text.Evidence.Events[w.event-1])
	if w.stated && !w.gives(ev, &m.text.Evidence.Events[w.event-1]) {
		m.fail(w.line, "%s gave %s, expected %s", name, gave(ev), w.wants(&m.text.Evidence.Events[w.event-1]))
		return
	}
	m.cause(&live, ev, name)
	live.event = ev.ID
	if m.wrong[w.line] == nil {
		m.judge(&live)
	}
}

// judge compares what the model says.
func (m *match) judge(w *expectation) {
	if w.outcome == analysis.Explained && w.event != 0 {
		if v := m.run.Verdict(w.event); v != nil {
			w.outcome = v.Outcome // the run's own result tells
		}
	}
	if diffs := w.differs(m.run.Explanation); len(diffs) > 0 {
		m.fail(w.line, "%s", strings.Join(diffs, "; "))
	}
}

// cause compares the segment that a call's result came from by its flags.
func (m *match) cause(w *expectation, ev *scenario.Event, name string) {
	number := w.cause
	w.missing, w.cause = false, 0
	v := m.run.Verdict(ev.ID)
	if w.causeFlags == 0 {
		if number != 0 && (v == nil || v.Cause.Segment == 0 || v.Cause.Segment != m.segments[number]) {
			m.fail(w.line, "#%d of the text did not cause what %s gave", number, name)
		}
		return
	}
	if v == nil {
		m.fail(w.line, "%s did not fail, so no %s caused it", name, w.causeFlags)
		return
	}
	s := m.run.Segment(v.Cause.Segment)
	switch {
	case s == nil:
		m.fail(w.line, "no segment caused what %s gave, expected %s", name, w.causeFlags)
	case s.Flags != w.causeFlags:
		m.fail(w.line, "#%d %s caused what %s gave, expected %s", s.ID, s.Flags, name, w.causeFlags)
	default:
		w.cause = s.ID
	}
}

func (m *match) step(event int) *Step {
	i := slices.IndexFunc(m.text.Steps, func(s Step) bool { return s.Event == event })
	return &m.text.Steps[i]
}

// gives reports whether a call returned what the text says.
func (w *expectation) gives(ev, text *scenario.Event) bool {
	switch at := slices.Index(w.returned, ev.Fault); {
	case at < 0:
		return false
	case at == 0 && w.count:
		return ev.N == text.N
	}
	return true
}

// wants is what the text says that a call returns.
func (w *expectation) wants(text *scenario.Event) string {
	var words []string
	for i, f := range w.returned {
		ev := scenario.Event{Op: text.Op, Fault: f}
		if i == 0 && w.count {
			ev.N = text.N
		} else if f == "" {
			words = append(words, "ok")
			continue
		}
		words = append(words, gave(&ev))
	}
	return strings.Join(words, " or ")
}

// gave is what a call returned.
func gave(ev *scenario.Event) string {
	p := &printer{}
	return p.result(ev, []scenario.Fault{ev.Fault})
}
