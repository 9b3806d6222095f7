package scene

import (
	"fmt"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// Sentences are the words of one verdict.
type Sentences struct {
	Call    string // which call, and what it returned: "client read ✗ ECONNRESET"
	Meaning string // what the error says to a person, "" if nothing is known
	Test    string // how a program tells it, see [Scene.Test]
	Lines   []Sentence
}

// Sentence is one thing that a verdict says.
type Sentence struct {
	Label  string // what it is about: "because", "reason", "kernel", "next", "macOS", "said", "unexplained"
	Text   string
	Source string // the RFC section or kernel function behind it, or ""
}

// Test returns how the program that was watched detects a fault: in Go, as
// "errors.Is(err, syscall.ECONNRESET)"; where it is somebody else's, in whichever
// language, by what the system call returned, as "errno == ECONNRESET". It is ""
// for what nothing detects.
func (s *Scene) Test(f scenario.Fault) string {
	if s.Run.Witness == "" {
		return f.Test()
	}
	switch f {
	case scenario.EOF:
		return "the call returns 0"
	case "", scenario.Other, scenario.UnexpectedEOF, scenario.Deadline, scenario.Closed, scenario.Canceled:
		return "" // no system call's
	}
	return "errno == " + string(f)
}

// Sentences says in words all that a verdict of the run tells.
func (s *Scene) Sentences(v *analysis.Verdict) Sentences { return s.sentences(v, nil) }

// Brief is [Scene.Sentences] for the verdicts of the run in their order: what an
// earlier one has said is not said again.
func (s *Scene) Brief(v *analysis.Verdict) Sentences {
	told := make(map[string]bool)
	for i := range s.Run.Verdicts {
		earlier := &s.Run.Verdicts[i]
		if earlier.Event == v.Event {
			break
		}
		for _, l := range earlier.Chain {
			if l.Because != "" && earlier.Outcome == analysis.Explained {
				told[l.Because] = true
			}
		}
		told[earlier.Unheard] = true
	}
	return s.sentences(v, told)
}

func (s *Scene) sentences(v *analysis.Verdict, told map[string]bool) Sentences {
	ev := s.Run.Event(v.Event)
	out := Sentences{Call: Title(ev), Meaning: Meaning(v.Fault), Test: s.Test(v.Fault)}
	add := func(label, text, source string) { out.Lines = append(out.Lines, Sentence{label, text, source}) }
	if ev.Op.Library() && ev.Err != "" && ev.Err != Meaning(v.Fault) && ev.Err != string(v.Fault) {
		add("said", ev.Err, "")
	}
	if v.Outcome != analysis.Explained {
		add(v.Outcome.String(), v.Because, "")
		out.Lines = append(out.Lines, s.proof(v.Proof)...)
		return out
	}
	out.Lines = append(out.Lines, because(v, told)...)
	if len(v.Inferred) > 0 {
		add("reason", Reasons(v.Inferred)+", inferred from the calls of both sides", "")
	}
	switch {
	case len(v.Heard) == 1:
		add("kernel", "tcp_send_reset "+string(v.Heard[0])+": agrees", "")
	case len(v.Heard) > 1:
		add("kernel", "tcp_send_reset, for "+Reasons(v.Heard)+" by its stack: agrees", "")
	case v.Unheard != "" && !told[v.Unheard]:
		add("kernel", "not heard: "+v.Unheard, "")
	}
	if ev.Op != scenario.OpDial && !ev.Op.Library() {
		add("next", fmt.Sprintf("read → %s, write → %s", Result(v.Next.Read), Result(v.Next.Write)), "")
	}
	switch {
	case v.Fault == scenario.Other: // whose words may differ there
	case v.Elsewhere.Fault == v.Fault:
		add(s.elsewhere(), "the same", "")
	case v.Elsewhere.Rule == "":
		add(s.elsewhere(), Result(v.Elsewhere.Fault), "")
	default:
		add(s.elsewhere(), Result(v.Elsewhere.Fault)+", by the rule "+v.Elsewhere.Rule, v.Elsewhere.Source)
	}
	out.Lines = append(out.Lines, s.proof(v.Proof)...)
	return out
}

// because says why, but for what has been told.
func because(v *analysis.Verdict, told map[string]bool) (list []Sentence) {
	here := make(map[string]bool)
	for _, l := range v.Chain {
		if l.Because != "" && !told[l.Because] && !here[l.Because] {
			list = append(list, Sentence{"because", l.Because, l.Source})
			here[l.Because] = true
		}
	}
	switch {
	case len(list) > 0:
	case told[v.Because] && v.Rule == "":
		list = append(list, Sentence{"because", "as above", v.Source})
	case told[v.Because]:
		list = append(list, Sentence{"because", "as above, by the rule " + v.Rule, v.Source})
	default:
		list = append(list, Sentence{"because", v.Because, v.Source})
	}
	return list
}

// elsewhere names the other platform.
func (s *Scene) elsewhere() string {
	if s.Run.Evidence.Model.Name == "darwin" {
		return "Linux"
	}
	return "macOS"
}

// Reasons joins the reasons that an RST can have had.
func Reasons(list []analysis.Reason) string {
	var names []string
	for _, r := range list {
		names = append(names, string(r))
	}
	return strings.Join(names, " or ")
}
