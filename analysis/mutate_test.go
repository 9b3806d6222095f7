//go:build mutate

package analysis_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/trace"
)

// check is one test of a model.
type check struct {
	name, model string
	holds       func(*analysis.Model) bool
	watched     *analysis.Watched
}

// TestMutants changes the tables in every way, one row and one field at a time,
// and demands that a case or a recorded run takes notice. What changes nothing
// that could be seen is listed in testdata/equivalent.txt, with the reason.
func TestMutants(t *testing.T) {
	checks := append(texts(t), recordings(t)...)
	for i := range checks {
		c := &checks[i]
		m, _ := analysis.ModelFor(c.model)
		if c.watched = analysis.WatchRows(m); !c.holds(c.watched.Model) {
			t.Fatalf("%s fails already", c.name)
		}
	}
	mutants := analysis.Mutants()
	survives := surviving(mutants, checks)
	allowed := equivalent(t)
	listed := 0
	for i, m := range mutants {
		line := allowed[m.Name()]
		delete(allowed, m.Name())
		switch {
		case survives[i] && line == 0:
			t.Errorf("%s survives", m)
		case survives[i]:
			listed++
		case line != 0:
			t.Errorf("equivalent.txt:%d: %s is killed", line, m.Name())
		}
	}
	for name, line := range allowed {
		t.Errorf("equivalent.txt:%d: there is no mutant %s", line, name)
	}
	count := 0
	for _, s := range survives {
		if s {
			count++
		}
	}
	t.Logf("%d mutants: %d killed, %d equivalent, %d survive", len(mutants), len(mutants)-count, listed, count-listed)
}

// surviving says of each mutant whether all checks hold.
func surviving(mutants []analysis.Mutant, checks []check) []bool {
	survives := make([]bool, len(mutants))
	next := make(chan int)
	var done sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		done.Go(func() {
			for i := range next {
				survives[i] = !slices.ContainsFunc(checks, func(c check) bool {
					m := mutants[i].Models[c.model]
					return m != nil && c.watched.Meets(mutants[i]) && !c.holds(m)
				})
			}
		})
	}
	for i := range mutants {
		next <- i
	}
	close(next)
	done.Wait()
	return survives
}

// texts are the cases in testdata.
func texts(t *testing.T) (list []check) {
	for _, path := range []string{"linux", "darwin"} {
		for _, c := range cases(t, path) {
			tr, err := trace.Parse(string(c.Data))
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, check{name: c.Name, model: tr.Evidence.Model.Name, holds: func(m *analysis.Model) (ok bool) {
				defer func() { ok = recover() == nil && ok }() // a panic is noticed, too
				with := *tr
				with.Evidence.Model = m
				return len(with.Check(analysis.Explain(with.Evidence))) == 0
			}})
		}
	}
	return list
}

// recordings are the runs of a real kernel, in which every call is explained.
func recordings(t *testing.T) (list []check) {
	paths, err := filepath.Glob("testdata/runs/*.jsonl")
	if err != nil || len(paths) == 0 {
		t.Fatal("no recorded runs", err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".jsonl")
		for _, who := range []string{"cli", "srv"} {
			e := recorded(t, path, who)
			list = append(list, check{name: name + " " + who, model: "linux", holds: func(m *analysis.Model) (ok bool) {
				defer func() { ok = recover() == nil && ok }()
				e := e
				e.Model = m
				x := analysis.Explain(e)
				return !slices.ContainsFunc(x.Verdicts, func(v analysis.Verdict) bool { return v.Outcome != analysis.Explained })
			}})
		}
	}
	return list
}

// equivalent reads the list of mutants that nothing can tell from the tables:
// "MODEL ROW FIELD VALUE, VALUE, ...: reason". It returns the line of each.
func equivalent(t *testing.T) map[string]int {
	f, err := os.Open("testdata/equivalent.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := make(map[string]int)
	number := 0
	for in := bufio.NewScanner(f); in.Scan(); {
		number++
		text := strings.TrimSpace(in.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		what, reason, _ := strings.Cut(text, ": ")
		words := strings.Fields(what)
		if len(words) < 4 || strings.TrimSpace(reason) == "" {
			t.Fatalf("equivalent.txt:%d: a line is MODEL ROW FIELD VALUE, …: reason", number)
		}
		for _, value := range words[3:] {
			name := fmt.Sprintf("%s %s %s %s", words[0], words[1], words[2], strings.TrimSuffix(value, ","))
			if lines[name] != 0 {
				t.Errorf("equivalent.txt:%d: %s again", number, name)
			}
			lines[name] = number
		}
	}
	return lines
}
