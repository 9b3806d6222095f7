package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/scenario"
)

// order is what a terminal would obey: it sets the title.
const order = "\x1b]0;obeyed\x07"

// wildStories are stories that nobody would write.
func wildStories() []*scenario.Scenario {
	wild := func(name string, play func(*scenario.Stage)) *scenario.Scenario {
		return &scenario.Scenario{Name: name, Summary: "a story of the tests", Play: play, Expect: map[string][]scenario.Result{"linux": nil, "darwin": nil}}
	}
	orders := wild("orders", func(s *scenario.Stage) {
		from, to := s.Link(order+"one", order+"other")
		s.Act(order+"do nothing", func() error { return nil })
		from.Write("x")
		to.Read(1)
	})
	orders.Summary, orders.Story = order+"summary", order+"story\u202e backwards"
	return []*scenario.Scenario{orders, wild("panics", func(s *scenario.Stage) {
		s.Connect()
		panic("as it was told")
	}), wild("blocks", func(s *scenario.Stage) {
		client, _ := s.Connect()
		client.Read(1)
	})}
}

// TestLessonOfOrders: what a story says is text on the terminal.
func TestLessonOfOrders(t *testing.T) {
	needAble(t, "able")
	w := onTerminal(t, 24, 80, findHelper(t, "wild"), "run", "orders", "--step")
	w.has("\ufffd]0;obeyed\ufffdstory\ufffd backwards")
	w.neat(w.toTheEnd())
	w.has("the lesson is over")
	w.types("q")
	if code := w.ended(); code != exitOK {
		t.Errorf("it ended with %d\n%s", code, w.screen())
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if raw := w.raw.String(); strings.Contains(raw, "\x1b]0;") || strings.Contains(raw, "\u202e") {
		t.Errorf("an order reached the terminal: %q", raw)
	}
}

// TestLessonThatPanics: a story that panics leaves the terminal as it was, and
// what it panicked with is to be read.
func TestLessonThatPanics(t *testing.T) {
	needAble(t, "able")
	w := onTerminal(t, 24, 120, findHelper(t, "wild"), "run", "panics", "--step")
	for _, stop := range []string{"server listen", "client dial", "server accept", "server close the listener", "client close", "server close"} {
		w.shows(stop, func(screen string) bool { return strings.HasPrefix(prompt(screen), "▶ "+stop) })
		w.types("n")
	}
	if code := w.ended(); code == exitOK {
		t.Error("it ended well")
	}
	if err := until(func() bool { // a trace follows it, which scrolls it away
		w.mu.Lock()
		defer w.mu.Unlock()
		return strings.Contains(w.raw.String(), "as it was told")
	}); err != nil {
		t.Errorf("it does not say why: %v\n%s", err, w.screen())
	}
}

// TestLessonIsLeftInACall: a call that waits for the other side does not keep
// anybody.
func TestLessonIsLeftInACall(t *testing.T) {
	needAble(t, "able")
	for _, key := range []string{"q", "\x03"} {
		w := onTerminal(t, 24, 80, findHelper(t, "wild"), "run", "blocks", "--step")
		for _, stop := range []string{"server listen", "client dial", "server accept", "client read"} {
			w.shows(stop, func(screen string) bool { return strings.HasPrefix(prompt(screen), "▶ "+stop) })
			w.types("n")
		}
		w.has("under way: client read, 1 byte at most for 1 s")
		w.types(key)
		if code := w.ended(); code != exitInterrupted {
			t.Errorf("it ended with %d", code)
		}
		w.has("never returned")
	}
}

// findHelper returns the path of a helper program.
func findHelper(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}
