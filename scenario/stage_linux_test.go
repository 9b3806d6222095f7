package scenario

import (
	"context"
	"errors"
	"testing"
	"time"
)

// TestInterruptedDialHasNoResult: a dial that waits when the story is
// interrupted never returned, although its context ends it.
func TestInterruptedDialHasNoResult(t *testing.T) {
	for range 30 {
		ctx, cancel := context.WithCancel(t.Context())
		events, err := Perform(ctx, story(func(s *Stage) {
			at := s.Listen()
			s.Backlog(0)
			s.Dial(at) // fills the queue
			time.AfterFunc(short, cancel)
			s.Dial(at)
		}), StageOptions{})
		last := events[len(events)-1]
		if !errors.Is(err, context.Canceled) || last.Op != OpDial || !last.End.IsZero() {
			t.Errorf("%v; the last call is %+v", err, last)
		}
	}
}
