package catalog

import "github.com/rstwatch/rstwatch/scenario"

// All returns the stories, the best one to begin with first.
func All() []*scenario.Scenario {
	return append(Classics(), forgedReset(), forgedResetInWindow(), killedByAdmin())
}

// Classics returns the six stories that everybody should know.
func Classics() []*scenario.Scenario {
	return []*scenario.Scenario{
		resetOnRead(),
		resetOnWrite(),
		brokenPipe(),
		cleanClose(),
		halfClose(),
		connectionRefused(),
	}
}

// Find returns the story of this name; ok is false if there is none.
func Find(name string) (sc *scenario.Scenario, ok bool) {
	for _, sc := range All() {
		if sc.Name == name {
			return sc, true
		}
	}
	return nil, false
}

// everywhere is what a story expects whose calls return the same on every
// model.
func everywhere(r ...scenario.Result) map[string][]scenario.Result {
	return map[string][]scenario.Result{"linux": r, "darwin": r}
}
