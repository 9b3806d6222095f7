package scene

import (
	"fmt"
	"slices"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recorded"
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
