package scene

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rstwatch/rstwatch/analysis/trace"
)

// FuzzScene: whatever the evidence says, there is a scene of it, in which all
// calls and segments stand once, and every cause has an effect.
func FuzzScene(f *testing.F) {
	for _, path := range []string{"linux.txtar", "darwin.txtar"} {
		a, err := txtar.ParseFile(filepath.Join("..", "testdata", path))
		if err != nil {
			f.Fatal(err)
		}
		for _, c := range a.Files {
			f.Add(c.Data)
		}
	}
	f.Add([]byte(aborted))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 4096 {
			return // the model's patience is tested elsewhere
		}
		runs, err := trace.Read(string(text))
		if err != nil {
			return
		}
		for _, r := range runs {
			s := All(r)
			seen := make(map[Item]int)
			for _, l := range s.Ladders {
				for i := range l.Steps {
					st := &l.Steps[i]
					if seen[st.Item()]++; st.Edge != 0 && st.Edge != 1 || st.Kind == Begins && st.Heard != "" {
						t.Errorf("%+v", st)
					}
					for _, cause := range s.Causes(st.Item()) {
						if !contains(s.Effects(cause), st.Item()) {
							t.Errorf("%v caused %v, which is none of its effects", cause, st.Item())
						}
					}
				}
			}
			for i := range r.Evidence.Segments {
				if id := r.Evidence.Segments[i].ID; seen[Item{Segment: id}] != 1 {
					t.Errorf("#%d is seen %d times", id, seen[Item{Segment: id}])
				}
			}
			for i := range r.Evidence.Events {
				if id := r.Evidence.Events[i].ID; seen[Item{Event: id}] < 1 || seen[Item{Event: id}] > 2 {
					t.Errorf("call %d is seen %d times", id, seen[Item{Event: id}])
				}
			}
			for i := range r.Verdicts {
				if words := s.Sentences(&r.Verdicts[i]); words.Call == "" || len(words.Lines) == 0 {
					t.Errorf("of call %d: %+v", r.Verdicts[i].Event, words)
				}
			}
		}
	})
}
