package report

import (
	"strings"

	"github.com/rstwatch/rstwatch/scenario"
)

// Way is an operation that fails with an error in a story.
type Way struct {
	Scenario *scenario.Scenario
	Op       scenario.Op
	Models   []string // on which it does, in the order linux, darwin
	Race     bool     // it may also be another error
}

// Ways returns how the stories lead to f, in their order: for each of them the
// operations that give it, each once.
func Ways(f scenario.Fault, stories []*scenario.Scenario) []Way {
	var ways []Way
	for _, sc := range stories {
		first := len(ways)
		for _, m := range models {
			for _, r := range sc.Gives(m.name, f) {
				ways = merge(ways, first, Way{Scenario: sc, Op: r.Op, Models: []string{m.name}, Race: r.Or != "" || r.Maybe})
			}
		}
	}
	return ways
}

// merge adds w to those from first on, unless its operation is among them: then
// its model.
func merge(ways []Way, first int, w Way) []Way {
	for i := first; i < len(ways); i++ {
		if ways[i].Op != w.Op {
			continue
		}
		if last := ways[i].Models[len(ways[i].Models)-1]; last != w.Models[0] {
			ways[i].Models = append(ways[i].Models, w.Models[0])
		}
		ways[i].Race = ways[i].Race || w.Race
		return ways
	}
	return append(ways, w)
}

// where says on which platform alone the way leads there, where the story is
// told on both, and whether it always does.
func (w Way) where() string {
	var parts []string
	if len(w.Models) == 1 && len(w.Scenario.Expect) > 1 {
		parts = append(parts, "only on "+map[string]string{"linux": "Linux", "darwin": "macOS"}[w.Models[0]])
	}
	if w.Race {
		parts = append(parts, "a race: not always")
	}
	if parts == nil {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}
