package page

import (
	"fmt"
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// succeeds is the answer that a call will not fail.
const succeeds = "ok"

// quiz is a question: what will this call return?
type quiz struct {
	Ask     string   `json:"ask"`
	Answer  string   `json:"a"`
	Choices []string `json:"of"`
	Says    string   `json:"says"` // what it returned, as a sentence
	Why     []string `json:"why"`
}

// questions are those about the calls of a run that fail, and about the reads and
// writes that succeed although the peer's FIN or RST was captured before: else
// nobody would ever guess success.
func questions(s *scene.Scene, order []moment) map[string]quiz {
	all := make(map[string]quiz)
	ended := make(map[[2]int]bool) // by ladder and edge: its FIN or its RST has left
	for _, m := range order {
		switch {
		case m.Segment != nil:
			if m.Segment.Flags&(capture.FIN|capture.RST) != 0 && !m.Segment.ICMP.Is() {
				ended[[2]int{m.ladder, m.Edge}] = true
			}
		case m.Kind == scene.Begins || m.Call.End.IsZero():
		case m.Call.Fault != "":
			all[itemName(m.Item())] = ask(s, m.Step)
		case (m.Call.Op == scenario.OpRead || m.Call.Op == scenario.OpWrite) && m.Call.N > 0 && ended[[2]int{m.ladder, 1 - m.Edge}]:
			all[itemName(m.Item())] = ask(s, m.Step)
		}
	}
	return all
}

// over reports whether a socket has been told of an end that its reads come to.
func over(s analysis.Socket) bool {
	return s.FINReceived || s.Pending != "" || s.State == analysis.Closed
}

// ask makes the question about the call that a step ends.
func ask(s *scene.Scene, st *scene.Step) quiz {
	ev := st.Call
	q := quiz{Ask: fmt.Sprintf("What will the %s’s %s return?", ev.Role, ev.Op), Answer: succeeds, Says: callWords(s, st), Why: []string{}}
	if st.Kind == scene.Whole {
		q.Ask = fmt.Sprintf("Now the %s calls %s. What will it return?", ev.Role, asked(ev))
	}
	if ev.Fault != "" {
		q.Answer = string(ev.Fault)
	}
	if !ev.Deadline.IsZero() {
		q.Ask += fmt.Sprintf(" Its deadline is %s away.", max(0, ev.Deadline.Sub(ev.Start).Round(time.Millisecond)))
	}
	var elsewhere scenario.Fault
	if v := s.Run.Verdict(ev.ID); v != nil {
		elsewhere = v.Elsewhere.Fault
		for _, l := range s.Sentences(v).Lines {
			if l.Label == "because" {
				q.Why = append(q.Why, report.Clean(capital(l.Text)))
			}
		}
	} else if ev.Op == scenario.OpWrite {
		q.Why = append(q.Why, "A write only hands its octets to the kernel. What the other side makes of them comes later.")
	} else if slices.ContainsFunc(st.States[st.Edge], over) {
		q.Why = append(q.Why, "Octets that came before the end are read before the end is told.")
	} else {
		q.Why = append(q.Why, "Nothing that came before has ended this connection.")
	}
	q.Choices = choices(ev, elsewhere)
	q.Ask, q.Answer, q.Says = report.Clean(q.Ask), report.Clean(q.Answer), report.Clean(q.Says)
	return q
}

// asked says what is called, and not more: whether a write takes all is part of
// the question.
func asked(ev *scenario.Event) string {
	if ev.Op == scenario.OpWrite {
		return "write with " + scene.Octets(ev.Asked)
	}
	return string(ev.Op)
}

// likely are the results that a call of this kind is known for, and rare those
// that it seldom has, in the order in which they are offered.
func likely(op scenario.Op) (usual, rare []scenario.Fault) {
	unusual := []scenario.Fault{"ECONNABORTED", "EHOSTUNREACH", scenario.ENOTCONN}
	switch {
	case op == scenario.OpRead:
		return []scenario.Fault{scenario.EOF, scenario.ECONNRESET, scenario.EPIPE, scenario.ETIMEDOUT, scenario.Deadline, scenario.Closed}, unusual
	case op == scenario.OpWrite:
		return []scenario.Fault{scenario.ECONNRESET, scenario.EPIPE, scenario.ETIMEDOUT, scenario.Deadline, scenario.Closed}, unusual
	case op == scenario.OpDial:
		return []scenario.Fault{scenario.ECONNREFUSED, scenario.ECONNRESET, scenario.ETIMEDOUT, scenario.Deadline, "EHOSTUNREACH", "ENETUNREACH"},
			[]scenario.Fault{"EACCES", "EINVAL", "ENOPROTOOPT", scenario.Canceled}
	case op == scenario.OpAccept:
		return []scenario.Fault{scenario.ECONNABORTED, scenario.ECONNRESET, scenario.Closed}, nil
	case op.Library():
		return []scenario.Fault{scenario.EOF, scenario.UnexpectedEOF, scenario.ECONNRESET, scenario.EPIPE, scenario.Deadline, scenario.Other}, nil
	}
	return []scenario.Fault{scenario.ENOTCONN, scenario.ECONNRESET, scenario.EPIPE}, nil
}

// choices are the answers offered for a call: success, the likely ones, one of
// the rare ones, so that one that is the answer does not stick out, and what the
// call returns elsewhere.
func choices(ev *scenario.Event, elsewhere scenario.Fault) []string {
	faults, rare := likely(ev.Op)
	also := []scenario.Fault{ev.Fault, elsewhere}
	if len(rare) > 0 && !slices.Contains(rare, ev.Fault) {
		also = append(also, rare[ev.ID%len(rare)])
	}
	for _, f := range also {
		if f != "" && f != analysis.Blocks && !slices.Contains(faults, f) {
			faults = append(faults, f)
		}
	}
	slices.Sort(faults)
	list := []string{succeeds}
	for _, f := range faults {
		list = append(list, report.Clean(string(f)))
	}
	return list
}
