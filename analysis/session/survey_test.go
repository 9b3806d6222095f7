package session

import (
	"slices"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// torn are the stories in which a SYN begins another stream, by Wireshark's rule,
// while the socket before goes on: of that nothing is foretold.
var torn = []string{"half-open", "syn-in-window"}

// TestCatalogueForetold: of the segments of every story, without its calls, a
// survey says of each socket what the first call to fail on it returned.
func TestCatalogueForetold(t *testing.T) {
	s := open(t, Options{})
	held, sure := 0, 0
	for _, sc := range catalog.All() {
		if sc.Slow || slices.Contains(torn, sc.Name) {
			continue
		}
		for _, family := range both() {
			run, err := s.Perform(t.Context(), sc, Stage{Family: family})
			if err != nil {
				t.Errorf("%s: %v", sc.Name, err)
				continue
			}
			told := make(map[int]bool) // by socket: a call has changed how it stands
			for i := range run.Evidence.Events {
				ev := &run.Evidence.Events[i]
				if told[ev.Conn] || ev.Op.Library() {
					continue
				}
				told[ev.Conn] = changes(ev)
				if c, ok := run.Call(ev.ID); !ok || c.Certainty != analysis.Exact || !foretold(ev) {
					continue
				}
				says := surveyOf(run, ev.End, analysis.Linux(), ev)
				held++
				if says.Surely(ev.Fault) {
					sure++
				}
				if !slices.Contains(says.List(), string(ev.Fault)) {
					t.Errorf("%s over %s: the %s's %s returned %s, the survey says %s", sc.Name, family, ev.Role, ev.Op, ev.Fault, says)
				}
			}
		}
	}
	if sure*10 < held*8 || held < 100 {
		t.Errorf("%d results held, %d of them foretold as the only one", held, sure)
	}
	t.Logf("%d results held, %d of them foretold as the only one", held, sure)
}

// foretold reports whether a survey speaks of such a result.
func foretold(ev *scenario.Event) bool {
	switch ev.Op {
	case scenario.OpDial, scenario.OpRead, scenario.OpWrite:
	default:
		return false
	}
	own := []scenario.Fault{"", scenario.Deadline, scenario.Closed, scenario.Canceled, scenario.Other}
	return !ev.End.IsZero() && !slices.Contains(own, ev.Fault)
}

// changes reports whether a call leaves the socket other than segments show.
func changes(ev *scenario.Event) bool {
	switch ev.Op {
	case scenario.OpDial, scenario.OpRead, scenario.OpWrite:
		return ev.Fault != "" && ev.Fault != scenario.EOF
	case scenario.OpAccept, scenario.OpSetLinger, scenario.OpPoll, scenario.OpListen, scenario.OpCloseWrite:
		return false
	}
	return true
}

// surveyOf returns what a survey of the run's segments up to a moment says of
// the call's kind on the call's socket.
func surveyOf(run *analysis.Run, until time.Time, m *analysis.Model, ev *scenario.Event) (says survey.Results) {
	t := survey.New(0, nil)
	t.Follow(m)
	var b capture.Brief
	for i := range run.Evidence.Segments {
		seg := &run.Evidence.Segments[i]
		if !seg.Time.After(until) && capture.Look(&b, seg.Frame.Link, seg.Frame.Data, seg.Frame.Wire) == nil {
			t.Add(seg.Time.UnixNano(), uint32(i+1), &b)
		}
	}
	for c := range t.Connections() {
		for i := range c.Sides {
			if n := c.Sides[i].Next; c.Sides[i].Addr == ev.Local && c.Sides[1-i].Addr == ev.Remote {
				says = map[scenario.Op]survey.Results{scenario.OpDial: n.Dial, scenario.OpRead: n.Read, scenario.OpWrite: n.Write}[ev.Op]
				if n.GivesUp != "" && !ev.Start.IsZero() {
					says = survey.Results(n.GivesUp)
				}
			}
		}
	}
	return says
}

// TestSurveyAgreesWithReplay: what the survey says of the next calls, of facts
// that a small record holds, is what the full replay of the segments says.
func TestSurveyAgreesWithReplay(t *testing.T) {
	s := open(t, Options{})
	held, same := 0, 0
	for _, sc := range catalog.All() {
		if sc.Slow || slices.Contains(torn, sc.Name) {
			continue
		}
		run, err := s.Perform(t.Context(), sc, Stage{Family: scenario.IPv4})
		if err != nil {
			t.Errorf("%s: %v", sc.Name, err)
			continue
		}
		for _, m := range []*analysis.Model{analysis.Linux(), analysis.Darwin()} {
			_, prospects := analysis.Foresee(analysis.Evidence{Model: m, Segments: run.Evidence.Segments})
			for _, p := range prospects {
				for _, op := range []scenario.Op{scenario.OpDial, scenario.OpRead, scenario.OpWrite} {
					var want []string
					for _, r := range p.Of(op) {
						if r.Timer == "" {
							want = append(want, map[scenario.Fault]string{"": "ok", analysis.Blocks: "waits"}[r.Fault])
							if last := len(want) - 1; want[last] == "" {
								want[last] = string(r.Fault)
							}
						}
					}
					if len(want) == 0 {
						continue
					}
					ev := scenario.Event{Op: op, Local: p.Addr, Remote: p.Peer}
					says := surveyOf(run, run.Evidence.Segments[len(run.Evidence.Segments)-1].Time, m, &ev).List()
					held++
					slices.Sort(want)
					slices.Sort(says)
					if slices.Equal(want, says) {
						same++
					} else {
						t.Logf("%s on %s: %s of %s: the survey says %v, the replay %v", sc.Name, m.Name, op, p.Addr, says, want)
					}
				}
			}
		}
	}
	if same*100 < held*85 || held < 400 {
		t.Errorf("%d held, %d the same", held, same)
	}
	t.Logf("%d held, %d the same", held, same)
}
