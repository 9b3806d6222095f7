package session

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestAnd: what kept a story from its end does not hide that the capture has no
// end either, nor the other way round.
func TestAnd(t *testing.T) {
	story, fenced := errors.New("the story's"), fmt.Errorf("%w: the fence's", ErrUnfenced)
	both := and(story, fenced)
	if !errors.Is(both, story) || !errors.Is(both, ErrUnfenced) || strings.Contains(both.Error(), "\n") {
		t.Errorf("both are %q", both)
	}
	if err := and(nil, fenced); err != fenced {
		t.Errorf("the fence's alone is %v", err)
	}
	if err := and(story, nil); err != story {
		t.Errorf("the story's alone is %v", err)
	}
	if err := and(nil, nil); err != nil {
		t.Errorf("none is %v", err)
	}
}
