package page

import (
	"cmp"
	"fmt"
	"html/template"
	"regexp"
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/scenario"
)

// page is what page.html shows. All its text is clean.
type page struct {
	Title, Lead, Footer, Generator, Policy string
	Style                                  template.CSS
	Script                                 template.JS

	Single      bool   // one run: there is no index
	Captured    bool   // connections of a capture: nobody saw their calls
	Kinds       string // "scenarios", or "connections"
	Families    bool   // runs differ in their family
	Here, There string // the columns of the index
	Chapters    []*chapter
	Faults      []string // that any call returned
	Runs        []*run
	Skipped     []report.Skipped

	options Options
	slugs   map[string]bool
}

// chapter is a part of the index.
type chapter struct {
	Title string
	Runs  []*run
}

// run is what run.html shows.
type run struct {
	Number                 int
	Name, Slug, Chapter    string
	Family                 string
	Between, Ending        string // of a connection of a capture
	Summary, Place, Result string
	Story                  []string
	Translated, Recorded   string
	HereName, ThereName    string
	OtherName              string // the system behind ThereName
	Ladders                []ladder
	LeftOut                string // what is not drawn
	Verdicts               []verdict
	Findings, Remarks      []sentence
	Compare                []comparison
	Worlds                 *worlds   // nil if no experiment was made
	Here, There            []outcome // the calls that fail
	Same                   bool      // those of the other platform are the same
	Steps                  []step
	Data                   runData
}

// FaultWords are the faults of a run, for the filter.
func (r *run) FaultWords() string {
	var words []string
	for _, o := range r.Here {
		words = append(words, o.Fault)
	}
	return strings.Join(words, " ")
}

// ladder is one drawing.
type ladder struct {
	Names [2]string
	SVG   template.HTML
}

// verdict is a call that failed.
type verdict struct {
	Event               int
	Call, Meaning, Test string
	Class               string
	Sentences           []sentence
}

// sentence is one thing said, with what it is about.
type sentence struct{ Label, Text, Source, Command string }

// outcome is how a call ended.
type outcome struct{ Call, Fault, Class string }

// step is a line of the steps in words.
type step struct {
	Item     string
	Position int
	At       string
	Says     string
	Does     string // what it did to its receiver
}

func newPage(o Options) *page {
	return &page{options: o, slugs: map[string]bool{"main": true, "index": true, "index-title": true, "help": true, "help-title": true,
		"player": true, "skipped-title": true, "quiz-ask": true}, Generator: report.Clean(o.Program)}
}

// finish sums up what the runs have in common.
func (p *page) finish() {
	p.Single = len(p.Runs) == 1 && len(p.options.Skipped) == 0
	for _, s := range p.options.Skipped {
		p.Skipped = append(p.Skipped, report.Skipped{Scenario: report.Clean(s.Scenario), Reason: report.Clean(s.Reason)})
	}
	p.Here, p.There = "Here", "Elsewhere"
	for i, r := range p.Runs {
		if i == 0 {
			p.Here, p.There = r.HereName, r.ThereName
		} else if r.HereName != p.Here || r.ThereName != p.There {
			p.Here, p.There = "Here", "Elsewhere"
		}
		p.Families = p.Families || r.Family != p.Runs[0].Family
		p.enter(r)
	}
	for _, c := range p.Chapters {
		if c.Title == "" && len(p.Chapters) > 1 {
			c.Title = "Not of the catalogue"
		}
	}
	slices.Sort(p.Faults)
	p.head()
}

// enter puts a run into the index.
func (p *page) enter(r *run) {
	n := slices.IndexFunc(p.Chapters, func(c *chapter) bool { return c.Title == r.Chapter })
	if n < 0 {
		n = len(p.Chapters)
		p.Chapters = append(p.Chapters, &chapter{Title: r.Chapter})
	}
	p.Chapters[n].Runs = append(p.Chapters[n].Runs, r)
	for _, o := range r.Here {
		if !slices.Contains(p.Faults, o.Fault) {
			p.Faults = append(p.Faults, o.Fault)
		}
	}
}

// head names the page.
func (p *page) head() {
	p.Title = report.Clean(p.options.Title)
	if p.Single {
		p.Title = cmp.Or(p.Runs[0].Name, "A connection") + " · rstwatch"
	}
	p.Kinds, p.Footer = "scenarios", cmp.Or(p.Generator, "rstwatch")
	if p.Captured {
		p.Kinds = "connections"
		p.Title = cmp.Or(p.Title, fmt.Sprintf("%d connections", len(p.Runs)))
		p.Lead = "How each of them ended, who ended it, and what both programs see of it."
		return
	}
	if len(p.Runs)+len(p.Skipped) == 0 {
		p.Title, p.Lead = cmp.Or(p.Title, "Nothing to explain"), "No call failed, or there was no connection."
		return
	}
	p.Title = cmp.Or(p.Title, fmt.Sprintf("%d runs", len(p.Runs)))
	count := make(map[string]int)
	var order []string
	for _, r := range p.Runs {
		if count[r.Result]++; count[r.Result] == 1 {
			order = append(order, r.Result)
		}
	}
	var parts []string
	for _, result := range order {
		parts = append(parts, fmt.Sprintf("%d %s", count[result], result))
	}
	if len(p.Skipped) > 0 {
		parts = append(parts, fmt.Sprintf("%d not run", len(p.Skipped)))
	}
	p.Lead = "Which segment caused each error, and what made the other side send it: " + strings.Join(parts, ", ") + "."
	for _, r := range p.Runs {
		if r.Place != "" {
			p.Footer += " · " + r.Place
			break
		}
	}
}

// taken are the ids of articles, of headings in them, and of what is drawn.
var taken = regexp.MustCompile(`^(run|chapter|verdicts|findings|compare)-\d+$|^r\d+-\d+-`)

// slug returns a name for addresses, made of a scenario's, that no other has.
func (p *page) slug(name string, number int) string {
	plain := strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '.':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}, name), "-.")
	if len(plain) > 80 {
		plain = plain[:80]
	}
	if plain == "" || taken.MatchString(plain) || p.slugs[plain] {
		plain = fmt.Sprintf("%s-no-%d", cmp.Or(plain, "connection"), number)
	}
	p.slugs[plain] = true
	return plain
}

// other returns the model that a run is held against, and how results by it are
// called.
func other(m *analysis.Model) (o *analysis.Model, called string) {
	if m.Name == "darwin" {
		return analysis.Linux(), "Linux, by the model"
	}
	return analysis.Darwin(), "macOS, by its source"
}

// system names the platform whose rules a run follows.
func system(m *analysis.Model) string { return analysis.Platform{OS: m.Name}.Name() }

// faultClass says how a result is shown: as an end, an error, or success.
func faultClass(f scenario.Fault) string {
	switch f {
	case "":
		return "ok"
	case scenario.EOF:
		return "eof"
	case analysis.Blocks:
		return "waits"
	}
	return "bad"
}

// clean makes all of a list harmless.
func clean(list []string) []string {
	out := make([]string, len(list))
	for i, t := range list {
		out[i] = report.Clean(t)
	}
	return out
}

// lines makes text of several lines harmless, and leaves the lines.
func lines(t string) string { return strings.Join(clean(strings.Split(t, "\n")), "\n") }
