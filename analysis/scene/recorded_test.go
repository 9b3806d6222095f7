package scene

import (
	"fmt"
	"slices"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recorded"
	"github.com/rstwatch/rstwatch/scenario"
)

// TestRecorded: in the recordings that the program carries, what a scene shows of
// a socket after a call is what the kernel gave, and hardly any step is in doubt.
func TestRecorded(t *testing.T) {
	runs, err := recorded.Runs()
	if err != nil {
		t.Fatal(err)
	}
	steps, single, heard := 0, 0, 0
	for _, r := range runs {
		where := fmt.Sprintf("%s over %s", r.Scenario, r.Family)
		asked := 0
		for _, l := range All(r).Ladders {
			for i := range l.Steps {
				st := &l.Steps[i]
				steps++
				if len(states(st.States[0])) < 2 && len(states(st.States[1])) < 2 {
					single++
				}
				if st.Heard == "" {
					continue
				}
				asked++
				if got := states(st.States[st.Edge]); len(got) != 1 || got[0] != st.Heard {
					t.Errorf("%s: %s leaves the socket in %v, the kernel said %s", where, Title(st.Call), got, st.Heard)
				}
			}
		}
		if asked == 0 {
			t.Errorf("%s: the kernel was not asked after any call", where)
		}
		heard += asked
	}
	t.Logf("%d steps, %d of one state; %d calls of which the kernel said the state", steps, single, heard)
	if single*1000 < steps*990 {
		t.Errorf("of %d steps %d have one state, want 99 %%", steps, single)
	}
}

// TestPossible: by the model alone, without the kernel's word, the kernel's state
// is always among those possible, and most often it is the only one.
func TestPossible(t *testing.T) {
	runs, err := recorded.Runs()
	if err != nil {
		t.Fatal(err)
	}
	asked, one := 0, 0
	for _, r := range runs {
		lives := analysis.Watch(r.Evidence)
		for i := range r.Evidence.Events {
			ev := &r.Evidence.Events[i]
			if ev.State == "" || !ev.Remote.IsValid() {
				continue
			}
			asked++
			could := states(lives.Possible(ev.ID, ev.StateAt))
			if !slices.Contains(could, ev.State) {
				t.Errorf("%s over %s: after %s the model's socket is in %v, the kernel's in %s", r.Scenario, r.Family, Title(ev), could, ev.State)
			}
			if len(could) == 1 {
				one++
			}
		}
	}
	t.Logf("%d calls asked after, %d with one state possible", asked, one)
	if asked == 0 || one*100 < asked*93 {
		t.Errorf("of %d calls %d leave one state possible, want 93 %%", asked, one)
	}
}

// states names the states of sockets, each once.
func states(list []analysis.Socket) (names []string) {
	for _, s := range list {
		if name := s.State.String(); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// TestNoWayBack: in no recording does a socket go from a state to one that RFC
// 9293 §3.3.2 lets none reach from there: what has been closed stays closed until
// another socket takes its place.
func TestNoWayBack(t *testing.T) {
	runs, err := recorded.Runs()
	if err != nil {
		t.Fatal(err)
	}
	order := []string{"LISTEN", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT1", "CLOSE_WAIT", "FIN_WAIT2", "FIN_WAIT2 (time-wait bucket)", "CLOSING", "LAST_ACK", "TIME_WAIT", "CLOSED"}
	for _, r := range runs {
		s := All(r)
		for _, l := range s.Ladders {
			last := make(map[end]string)
			for i := range l.Steps {
				st := &l.Steps[i]
				var at end
				switch {
				case st.Segment != nil && !st.Segment.ICMP.Is():
					at = end{st.Segment.Src, st.Segment.Dst}
				case st.Call != nil && st.Call.Remote.IsValid() && !st.Call.Op.Library():
					at = end{st.Call.Local, st.Call.Remote}
				default:
					continue
				}
				for edge, e := range [2]end{at, at.other()} {
					is := states(st.States[(st.Edge+edge)%2])
					if len(is) != 1 {
						continue
					}
					another := slices.Contains([]string{"LISTEN", "SYN_SENT", "SYN_RECV"}, is[0]) || st.Call != nil && st.Call.Op == scenario.OpAccept
					if was := last[e]; !another && slices.Index(order, is[0]) < slices.Index(order, was) {
						t.Errorf("%s over %s: the socket at %v goes from %s to %s at step %d (%s)", r.Scenario, r.Family, e.local, was, is[0], i, st.Kind)
					}
					last[e] = is[0]
				}
			}
		}
	}
}

// TestRefusedRequest: a request that the kernel refuses, for the accept queue is
// full, never was a connection.
func TestRefusedRequest(t *testing.T) {
	runs, err := recorded.Runs()
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, r := range runs {
		for i := range r.Evidence.Segments {
			rst := &r.Evidence.Segments[i]
			if !slices.Contains(r.Notes[rst.ID].Reasons, analysis.InvalidSYN) {
				continue
			}
			refused++
			for _, l := range Of(r).Ladders {
				for n := range l.Steps {
					st := &l.Steps[n]
					if st.Segment == nil || st.Segment.Src != rst.Dst || !st.Segment.Time.Before(rst.Time) {
						continue
					}
					if got := states(st.States[1-st.Edge]); !slices.Equal(got, []string{"SYN_RECV"}) {
						t.Errorf("%s over %s: after #%d the request is %v", r.Scenario, r.Family, st.Segment.ID, got)
					}
				}
			}
		}
	}
	if refused == 0 {
		t.Error("no recording has a refused request")
	}
}
