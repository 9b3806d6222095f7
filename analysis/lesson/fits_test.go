package lesson

import (
	"testing"

	"github.com/rstwatch/rstwatch/analysis/recorded"
	"github.com/rstwatch/rstwatch/scenario"
)

// keyNames are those that do something, and one that does not.
var keyNames = []string{"space", "left", "right", "up", "down", "pgup", "pgdown", "home", "end", "tab", "?", "esc", "x"}

// TestEveryRecordingFits plays every recording of the catalogue, on terminals of
// several sizes.
func TestEveryRecordingFits(t *testing.T) {
	runs, err := recorded.Runs()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range runs {
		if testing.Short() && r.Family == scenario.IPv6 {
			continue
		}
		t.Run(r.Scenario+"/"+string(r.Family), func(t *testing.T) {
			t.Parallel()
			l, p := Play(story(r.Scenario), r, Options{})
			sizes := [][2]int{{80, 24}, {200, 60}, {81, 25}}
			for n := 0; ; n++ {
				size := sizes[n%len(sizes)]
				l.Resize(size[0], size[1])
				fits(t, "a stop", l.View(), size[0], size[1])
				if l.Over() {
					break
				}
				if n%7 == 3 {
					l.Key("left")
					fits(t, "looking back", l.View(), size[0], size[1])
					l.Key("end")
				}
				p.LetGo(l.Key("space").LetGo)
			}
			if a, b := l.current()+1, len(p.spots); a != b {
				t.Errorf("it ends at step %d of %d", a, b)
			}
		})
	}
}

// FuzzKeys: whatever is typed, the screen is a screen.
func FuzzKeys(f *testing.F) {
	f.Add([]byte{0, 0, 1, 1, 2, 0, 0, 9, 10, 3, 0, 0, 0, 0, 1, 5, 6, 7, 8}, uint8(80), uint8(24))
	f.Add([]byte{2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 3, 4}, uint8(90), uint8(30))
	f.Fuzz(func(t *testing.T, keys []byte, width, height uint8) {
		l, p := Play(story("x"), runOf(t, aborted), Options{})
		l.Resize(int(width), int(height))
		for _, k := range keys[:min(len(keys), 40)] {
			if do := l.Key(keyNames[int(k)%len(keyNames)]); do.LetGo != 0 {
				p.LetGo(do.LetGo)
			}
			fits(t, "a key", l.View(), max(int(width), 1), max(int(height), 1))
		}
	})
}
