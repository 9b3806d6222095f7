package analysis_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/trace"
)

// TestRules checks every case in testdata against its model. A case needs no
// Go: add a section.
func TestRules(t *testing.T) {
	for _, path := range []string{"linux", "darwin"} {
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
	for path, model := range map[string]*analysis.Model{"linux": analysis.Linux(), "darwin": analysis.Darwin()} {
		used := make(map[string]bool)
		all := cases(t, path)
		if model.Name == "darwin" {
			all = append(all, asDarwin(cases(t, "linux"))...)
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

// cases reads the cases about a model: NAME.txtar, a section a case, and
// NAME-states.txtar, where a section is what leads to a state and, below a line
// "each:", what is tried there, one line a case, with a semicolon between what
// follows upon another.
func cases(t *testing.T, model string) (list []txtar.File) {
	t.Helper()
	list = sections(t, model+".txtar")
	for _, c := range sections(t, model+"-states.txtar") {
		list = append(list, each(c)...)
	}
	return list
}

func sections(t *testing.T, name string) []txtar.File {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return a.Files
}

// each splits a case into one for each line below "each:".
func each(c txtar.File) (list []txtar.File) {
	first, tried, ok := strings.Cut(string(c.Data), "\neach:\n")
	if !ok {
		return []txtar.File{c}
	}
	for line := range strings.Lines(tried) {
		what, _, _ := strings.Cut(line, "#")
		if what = strings.TrimSpace(what); what != "" {
			list = append(list, txtar.File{Name: c.Name + "/" + what,
				Data: []byte(first + "\n" + strings.ReplaceAll(what, ";", "\n") + "\n")})
		}
	}
	return list
}
