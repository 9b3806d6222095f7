package session

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// census counts in how many steps of scenes the model leaves no doubt of either
// socket's state, and holds what it says against what the kernel did.
type census struct {
	mu               sync.Mutex
	lives            *analysis.Lives
	steps, single    int // where a socket is known of, and of these where both have one state
	asked, told, one int // calls that the kernel was asked after, those that a step tells of, and those with one state
}

func (c *census) run(t *testing.T, r *analysis.Run) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ev := range r.Evidence.Events {
		if ev.State != "" {
			c.asked++
		}
	}
	all := scene.All(r)
	c.lives = analysis.Watch(r.Evidence)
	for l := range all.Ladders {
		for i := range all.Ladders[l].Steps {
			c.step(t, r, &all.Ladders[l].Steps[i])
		}
	}
}

func (c *census) step(t *testing.T, r *analysis.Run, st *scene.Step) {
	t.Helper()
	if len(st.States[0])+len(st.States[1]) > 0 {
		c.steps++
		if len(states(st.States[0])) < 2 && len(states(st.States[1])) < 2 {
			c.single++
		}
	}
	if st.Heard == "" {
		return
	}
	c.told++
	could := states(st.States[st.Edge])
	if c.lives != nil && st.Call.Remote.IsValid() { // by the model alone
		could = states(c.lives.Possible(st.Call.ID, st.Call.End))
	}
	if !slices.Contains(could, st.Heard) {
		t.Errorf("%s over %s: call %d, %s: the kernel's socket was in %s, the model's in %s", r.Scenario, r.Family,
			st.Call.ID, scene.Title(st.Call), st.Heard, strings.Join(could, " or "))
	}
	if len(could) == 1 {
		c.one++
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

// TestHeard holds what a scene shows of either socket after each call against
// the state that the kernel gave, in every story.
func TestHeard(t *testing.T) {
	var c census
	perform := func(s *Session, sc *scenario.Scenario) {
		for _, family := range both() {
			if run, err := s.Perform(t.Context(), sc, Stage{Family: family}); err == nil {
				c.run(t, run)
			} else {
				t.Errorf("%s over %s: %v", sc.Name, family, err)
			}
		}
	}
	if !testing.Short() {
		sideBySide(t, perform)
	}
	s := open(t, Options{})
	for _, sc := range catalog.All() {
		if !sc.Slow {
			perform(s, sc)
		}
	}
	c.shares(t)
}

// shares fails where the model leaves more doubt than it has to: it tells what a
// socket was after 95 of 100 calls, and with the kernel's word after all steps but
// a few in a thousand.
func (c *census) shares(t *testing.T) {
	t.Helper()
	t.Logf("%d steps, %d of one state; the kernel was asked after %d calls, %d of them are told, %d have one state by the model alone",
		c.steps, c.single, c.asked, c.told, c.one)
	if c.asked == 0 || c.told*100 < c.asked*98 {
		t.Errorf("of %d calls that the kernel was asked after %d are told", c.asked, c.told)
	}
	if c.one*100 < c.told*93 {
		t.Errorf("of %d calls %d have one state by the model alone, want 93 %%", c.told, c.one)
	}
	if c.single*1000 < c.steps*990 {
		t.Errorf("of %d steps %d have one state, want 99 %%", c.steps, c.single)
	}
}
