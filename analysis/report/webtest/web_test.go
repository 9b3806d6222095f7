package webtest

import "testing"

// suite is what the tests share: starting a browser takes longer than most of
// them.
type suite struct {
	browser *browser
	program *program
	gallery *gallery
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

	s.program = newProgram(t)
	t.Run("drawings", func(t *testing.T) {
		s.gallery = newGallery(t, s.program)
		t.Run("svg", s.testDrawing)
		t.Run("hostile svg", s.testHostileDrawing)
		t.Run("mermaid", s.testMermaid)
		t.Run("hostile mermaid", s.testHostileMermaid)
	})
}
