package webtest

import "testing"

// suite is what the tests share: starting a browser takes longer than most of
// them.
type suite struct {
	browser *browser
}

func TestWeb(t *testing.T) {
	if testing.Short() {
		t.Skip("needs to be run without -short")
	}
	s := &suite{browser: newBrowser(t)}
	t.Run("watch", s.testWatch)
	t.Run("watch places", s.testWatchPlaces)
	t.Run("watch barriers", s.testWatchBarriers)
	t.Run("watch mermaid", s.testWatchMermaid)
}
