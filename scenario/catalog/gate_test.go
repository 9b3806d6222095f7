package catalog

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/scenario"
)

// slowly lets the calls of a story go on one at a time, each when no other has
// come for a while: the first that came, or the last.
type slowly struct {
	last bool

	mu      sync.Mutex
	waiting []chan struct{}
	passed  int
	timer   *time.Timer
}

func (g *slowly) hold(ctx context.Context, _ scenario.Event) {
	pass := make(chan struct{})
	g.mu.Lock()
	g.waiting = append(g.waiting, pass)
	if g.timer == nil {
		g.timer = time.AfterFunc(time.Hour, g.release)
	}
	g.timer.Reset(5 * time.Millisecond)
	g.mu.Unlock()
	select {
	case <-pass:
	case <-ctx.Done():
	}
}

func (g *slowly) release() {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := 0
	if g.last {
		i = len(g.waiting) - 1
	}
	g.passed++ // before the story can end
	close(g.waiting[i])
	if g.waiting = slices.Delete(g.waiting, i, i+1); len(g.waiting) > 0 {
		g.timer.Reset(5 * time.Millisecond)
	}
}

// TestStoriesThroughAGate: somebody thinks before each call, and the story ends
// as it does without.
func TestStoriesThroughAGate(t *testing.T) {
	for _, sc := range All() {
		for _, last := range []bool{false, true} {
			name := sc.Name + "/the first goes on"
			if last {
				name = sc.Name + "/the last goes on"
			}
			t.Run(name, func(t *testing.T) {
				if !sc.Lab {
					t.Parallel()
				}
				needLab(t, sc)
				if sc.Slow && testing.Short() {
					t.Skip("waits for the kernel's timers")
				}
				g := &slowly{last: last}
				events, err := scenario.Perform(t.Context(), sc, scenario.StageOptions{Gate: g.hold})
				if err != nil {
					t.Fatal(err)
				}
				if diff := sc.Differs(runtime.GOOS, events); diff != "" {
					t.Error(diff)
				}
				calls := slices.DeleteFunc(events, func(e scenario.Event) bool {
					return e.Op == scenario.OpPoll || e.Op == scenario.OpGone
				})
				if g.passed != len(calls) {
					t.Errorf("%d calls were held back, %d were made", g.passed, len(calls))
				}
			})
		}
	}
}
