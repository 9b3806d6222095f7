package webtest

import (
	"path/filepath"
	"testing"
)

// suite is what the tests share: starting a browser takes longer than most of
// them.
type suite struct {
	browser *browser
	program *program
	gallery *gallery
	six     string // the page of the six classics
}

func TestWeb(t *testing.T) {
	if testing.Short() {
		t.Skip("needs to be run without -short")
	}
	s := &suite{browser: newBrowser(t)}
	dir := t.TempDir()
	t.Run("ready", func(t *testing.T) {
		t.Run("watch", func(t *testing.T) { // while the scenarios wait for timers
			t.Parallel()
			t.Run("all", s.testWatch)
			t.Run("places", s.testWatchPlaces)
			t.Run("barriers", s.testWatchBarriers)
			t.Run("mermaid", s.testWatchMermaid)
		})
		t.Run("gallery", func(t *testing.T) {
			t.Parallel()
			s.program = newProgram(t, dir)
			s.gallery = newGallery(t, s.program, dir)
			s.six = filepath.Join(dir, "six.html")
			s.program.run(t, "run", "--sandbox", "always", "--format", "html", "-o", s.six)
		})
	})
	if s.six == "" {
		return // it has been said what is missing
	}
	t.Run("made", func(t *testing.T) {
		t.Run("keyboard", s.testKeyboard)
		t.Run("focus", s.testFocus)
		for _, test := range []struct {
			name string
			run  func(*testing.T)
		}{
			{"steps", s.testSteps},
			{"quiz", s.testQuiz},
			{"modes", s.testModes},
			{"places", s.testPlaces},
			{"print", s.testPrint},
			{"calm", s.testCalm},
			{"index", s.testIndex},
			{"address", s.testAddress},
			{"diagnosis", s.testDiagnosis},
			{"hostile page", s.testHostilePage},
			{"svg", s.testDrawing},
			{"hostile svg", s.testHostileDrawing},
			{"mermaid", s.testMermaid},
			{"hostile mermaid", s.testHostileMermaid},
		} {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel() // each in tabs of its own; only one of them can have the keyboard
				test.run(t)
			})
		}
	})
}
