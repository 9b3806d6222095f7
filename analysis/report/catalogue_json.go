package report

import (
	"encoding/json"
	"io"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/faults"
	"github.com/rstwatch/rstwatch/scenario"
)

type jsonStory struct {
	Name    string                  `json:"name"`
	Chapter string                  `json:"chapter"`
	Summary string                  `json:"summary"`
	Story   string                  `json:"story"`
	Needs   []string                `json:"needs"`
	Tags    []string                `json:"tags"`
	Refs    []string                `json:"refs"`
	Expect  map[string][]jsonResult `json:"expect"`
	Expect6 map[string][]jsonResult `json:"expect6,omitempty"` // over IPv6, where that differs
}

type jsonResult struct {
	Role  scenario.Role  `json:"role"`
	Op    scenario.Op    `json:"op"`
	Fault scenario.Fault `json:"fault"`
	Or    scenario.Fault `json:"or,omitempty"`
	Maybe bool           `json:"maybe,omitempty"`
}

type jsonGuide struct {
	Fault  scenario.Fault         `json:"fault"`
	Prints []string               `json:"prints"`
	Means  string                 `json:"means"`
	Calls  map[string]string      `json:"calls"`
	Clues  []jsonClue             `json:"clues"`
	Go     jsonGo                 `json:"go"`
	Ways   []jsonWay              `json:"ways"`
	Rules  map[string][]jsonCause `json:"rules"`
	Refs   []string               `json:"refs"`
}

type jsonClue struct {
	Sign  string `json:"sign"`
	Cause string `json:"cause"`
}

type jsonGo struct {
	Test    []string `json:"test"`
	Timeout bool     `json:"timeout"`
	Wraps   string   `json:"wraps"`
	Log     string   `json:"log"`
	Ignore  string   `json:"ignore,omitempty"`
	Retry   string   `json:"retry,omitempty"`
	Danger  string   `json:"not_safe,omitempty"`
}

type jsonWay struct {
	Scenario string      `json:"scenario"`
	Op       scenario.Op `json:"op"`
	Models   []string    `json:"models"`
	Race     bool        `json:"race,omitempty"`
}

type jsonCause struct {
	Rule   string        `json:"rule"`
	Where  string        `json:"where"`
	Calls  []scenario.Op `json:"calls,omitempty"`
	Source string        `json:"source"`
}

// ContentsJSON prints one object with the stories of all sections.
func ContentsJSON(w io.Writer, sections []Section) error {
	return encode(w, map[string]any{"scenarios": storiesOf(sections)})
}

// PagesJSON prints one object with the stories of the sections and the guides of
// errors; all are the stories in which to look for ways to those.
func PagesJSON(w io.Writer, sections []Section, guides []faults.Guide, all []*scenario.Scenario) error {
	list := []jsonGuide{}
	for _, g := range guides {
		list = append(list, guideOf(g, all))
	}
	return encode(w, map[string]any{"scenarios": storiesOf(sections), "errors": list})
}

func encode(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(v)
}

func storiesOf(sections []Section) []jsonStory {
	list := []jsonStory{}
	for _, sec := range sections {
		for _, sc := range sec.Stories {
			list = append(list, storyOf(sc, sec.Title))
		}
	}
	return list
}

func storyOf(sc *scenario.Scenario, chapter string) jsonStory {
	j := jsonStory{Name: sc.Name, Chapter: chapter, Summary: sc.Summary, Story: sc.Story, Needs: []string{},
		Tags: words(sc.Tags), Refs: words(sc.Refs), Expect: expectations(sc.Expect), Expect6: expectations(sc.Expect6)}
	if sc.Lab {
		j.Needs = append(j.Needs, "lab")
	}
	if sc.Slow {
		j.Needs = append(j.Needs, "slow")
	}
	return j
}

func expectations(of map[string][]scenario.Result) map[string][]jsonResult {
	all := make(map[string][]jsonResult)
	for model, results := range of {
		all[model] = []jsonResult{}
		for _, r := range results {
			all[model] = append(all[model], jsonResult(r))
		}
	}
	return all
}

func guideOf(g faults.Guide, all []*scenario.Scenario) jsonGuide {
	j := jsonGuide{Fault: g.Fault, Prints: words(g.Prints), Means: g.Means, Calls: g.Calls, Clues: []jsonClue{},
		Go:   jsonGo{words(g.Test), g.Timeout, g.Wraps, g.Log, g.Ignore, g.Retry, g.Danger},
		Ways: []jsonWay{}, Rules: map[string][]jsonCause{}, Refs: words(g.Refs)}
	for _, c := range g.Clues {
		j.Clues = append(j.Clues, jsonClue(c))
	}
	for _, w := range Ways(g.Fault, all) {
		j.Ways = append(j.Ways, jsonWay{w.Scenario.Name, w.Op, w.Models, w.Race})
	}
	for _, m := range models {
		model, _ := analysis.ModelFor(m.name)
		j.Rules[m.name] = []jsonCause{}
		for _, c := range model.Causes(g.Fault) {
			j.Rules[m.name] = append(j.Rules[m.name], jsonCause(c))
		}
	}
	if j.Calls == nil {
		j.Calls = map[string]string{}
	}
	return j
}
