package scenario

import (
	"context"
	"errors"
	"slices"
	"testing"
)

// TestChange: what a story changes is changed back once, last first, after its
// sockets have been closed.
func TestChange(t *testing.T) {
	var order []string
	change := func(s *Stage, name string, err error) func() {
		return s.Change("change "+name, func() (func() error, error) {
			order = append(order, name)
			return func() error { order = append(order, "undo "+name); return err }, nil
		})
	}
	events, err := Perform(t.Context(), story(func(s *Stage) {
		change(s, "a", nil)
		s.Connect()
		undo := change(s, "b", nil)
		change(s, "c", nil)
		undo()
		undo()
	}), StageOptions{})
	must(t, err)
	if want := []string{"a", "b", "c", "undo b", "undo c", "undo a"}; !slices.Equal(order, want) {
		t.Errorf("%q, want %q", order, want)
	}
	if last := events[len(events)-1]; last.Op != OpClose || last.End.IsZero() {
		t.Errorf("the story ends with %+v", last)
	}
}

// TestChangeBackAnyway: also where the story is aborted or interrupted; what
// fails in it is told.
func TestChangeBackAnyway(t *testing.T) {
	broken := errors.New("broken")
	ctx, cancel := context.WithCancel(t.Context())
	undone := 0
	_, err := Perform(ctx, story(func(s *Stage) {
		s.Change("change", func() (func() error, error) {
			return func() error { undone++; return broken }, nil
		})
		cancel()
		s.Change("change again", func() (func() error, error) {
			t.Error("changed after the end")
			return nil, nil
		})
	}), StageOptions{})
	if undone != 1 || !errors.Is(err, broken) || !errors.Is(err, context.Canceled) {
		t.Errorf("undone %d times, %v", undone, err)
	}
	_, err = Perform(t.Context(), story(func(s *Stage) {
		s.Change("change", func() (func() error, error) { return nil, broken })
	}), StageOptions{})
	if !errors.Is(err, broken) {
		t.Errorf("a change that fails: %v", err)
	}
}
