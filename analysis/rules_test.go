package analysis_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/trace"
)

// TestRules checks every case in testdata against its model. A case needs no
// Go: add a section.
func TestRules(t *testing.T) {
	for _, path := range []string{"linux.txtar", "darwin.txtar"} {
		for _, c := range cases(t, path) {
			t.Run(path+"/"+c.Name, func(t *testing.T) {
				tr, err := trace.Parse(string(c.Data))
				if err != nil {
					t.Fatal(err)
				}
				for _, err := range tr.Check(analysis.Explain(tr.Evidence)) {
					t.Error(err)
				}
			})
		}
	}
}

// TestRulesCovered demands that every row of both models applies in a case.
func TestRulesCovered(t *testing.T) {
	for path, model := range map[string]*analysis.Model{"linux.txtar": analysis.Linux(), "darwin.txtar": analysis.Darwin()} {
		used := make(map[string]bool)
		all := cases(t, path)
		if model.Name == "darwin" {
			all = append(all, asDarwin(cases(t, "linux.txtar"))...)
		}
		for _, c := range all {
			tr, err := trace.Parse(string(c.Data))
			if err != nil {
				t.Fatal(err)
			}
			x := analysis.Explain(tr.Evidence)
			for _, n := range x.Notes {
				for _, name := range n.Rules {
					used[name] = true
				}
			}
			for _, call := range x.Calls {
				used[call.Rule], used[call.Timer] = true, true
			}
		}
		segments, calls, timers := model.Rules()
		for _, name := range slices.Concat(segments, calls, timers) {
			if !used[name] {
				t.Errorf("%s: no case uses the row %s", model.Name, name)
			}
		}
	}
}

// asDarwin has the cases explained by the other rules: what the two models
// share needs no second case.
func asDarwin(list []txtar.File) []txtar.File {
	for i := range list {
		list[i].Data = append([]byte("model darwin\n"), list[i].Data...)
	}
	return list
}

func cases(t *testing.T, name string) []txtar.File {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return a.Files
}
