package main

import (
	"errors"
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/analysis/story"
	"github.com/rstwatch/rstwatch/scenario"
)

// picked is what a command line chooses from the catalogue.
type picked struct {
	scenarios []*scenario.Scenario // each once
	named     map[*scenario.Scenario]bool
	skipped   []report.Skipped
	texts     map[string]*story.Story // those that are files, by name
}

// add picks a scenario, unless it has been. One that was named must be run; one
// that a pattern found is skipped where it can not be.
func (p *picked) add(sc *scenario.Scenario, named bool) {
	if !slices.Contains(p.scenarios, sc) {
		p.scenarios = append(p.scenarios, sc)
	}
	if named {
		p.named[sc] = true
	}
}

// skip leaves out, of those that nobody named, the ones that unfit gives a
// reason for. It reports whether none is left that was named and is unfit.
func (p *picked) skip(unfit func(*scenario.Scenario) (reason string)) (rest *picked, whole bool) {
	rest, whole = &picked{named: p.named, skipped: slices.Clone(p.skipped), texts: p.texts}, true
	for _, sc := range p.scenarios {
		switch reason := unfit(sc); {
		case reason == "":
			rest.scenarios = append(rest.scenarios, sc)
		case p.named[sc]:
			rest.scenarios, whole = append(rest.scenarios, sc), false
		default:
			rest.skipped = append(rest.skipped, report.Skipped{Scenario: sc.Name, Reason: reason})
		}
	}
	return rest, whole
}

// chooser finds scenarios of a catalogue: by name, by pattern, by tag, or all.
type chooser struct {
	stories []*scenario.Scenario // to choose from
	help    string               // the command that says how
	all     bool
	tags    []string
}

// add makes the flags of cmd that choose without a name; does is its verb.
func (f *chooser) add(cmd *cobra.Command, does string) {
	fl := cmd.Flags()
	fl.BoolVar(&f.all, "all", false, does+" every scenario")
	fl.StringSliceVar(&f.tags, "tag", nil, does+" every scenario about `TAG`; of several, about all of them")
	cmd.RegisterFlagCompletionFunc("tag", cobra.FixedCompletions(tagsOf(f.stories), cobra.ShellCompDirectiveNoFileComp))
}

// every reports whether the flags choose, and no name does.
func (f *chooser) every() bool { return f.all || len(f.tags) > 0 }

// errBeside refuses a name where the flags choose.
var errBeside = errors.New("--all and --tag choose scenarios themselves: give no name beside them")

// pick finds what the arguments of run mean.
func (f *runFlags) pick(args []string) (*picked, error) {
	p := &picked{named: make(map[*scenario.Scenario]bool)}
	switch {
	case len(args) > 0 && f.every():
		return nil, misused("%w", errBeside)
	case f.every():
		return p, f.pickTagged(p)
	}
	if len(args) > 1 && slices.Contains(args, "-") {
		return nil, misused("%w", errAlone)
	}
	for _, arg := range args {
		pick := f.pickName
		if isStory(arg) {
			pick = f.pickStory
		}
		if err := pick(p, arg); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// pickTagged picks every scenario that has all of the tags.
func (f *chooser) pickTagged(p *picked) error {
	if err := checkTags(f.stories, f.tags, "rstwatch list"); err != nil {
		return err
	}
	for _, sc := range f.stories {
		if hasTags(sc, f.tags) {
			p.add(sc, false)
		}
	}
	if len(p.scenarios) == 0 {
		return &failure{code: exitUsage, err: fmt.Errorf("no scenario has all of the tags %s", strings.Join(f.tags, ", ")), hint: "rstwatch list"}
	}
	return nil
}

// pickName picks what is called so, or what a pattern of names matches.
func (f *chooser) pickName(p *picked, arg string) error {
	if strings.ContainsAny(arg, `*?[\`) {
		return f.pickPattern(p, arg)
	}
	for _, sc := range f.stories {
		if sc.Name == arg {
			p.add(sc, true)
			return nil
		}
	}
	return unknown("scenario", arg, storyNames(f.stories), "rstwatch list")
}

// pickPattern picks the scenarios whose name matches (path.Match).
func (f *chooser) pickPattern(p *picked, pattern string) error {
	found := false
	for _, sc := range f.stories {
		matches, err := path.Match(pattern, sc.Name)
		if err != nil {
			return &failure{code: exitUsage, err: fmt.Errorf("%q is no pattern: %w", pattern, err), hint: f.help}
		}
		if matches {
			found = true
			p.add(sc, false)
		}
	}
	if found {
		return nil
	}
	err := fmt.Errorf("no scenario matches %q", pattern)
	if near := f.nearPatterns(pattern); len(near) > 0 {
		err = fmt.Errorf("%w, did you mean %s?", err, strings.Join(near, " or "))
	}
	return &failure{code: exitUsage, err: err, hint: "rstwatch list"}
}

// nearPatterns returns patterns that pattern may have meant: the same with
// another beginning, one that some name has.
func (f *chooser) nearPatterns(pattern string) []string {
	at := strings.IndexAny(pattern, `*?[\`)
	beginning, rest := pattern[:at], pattern[at:]
	if at < 3 {
		return nil // nearly every name begins nearly so
	}
	var beginnings, near []string
	for _, sc := range f.stories {
		// A letter may be missing, or one too many.
		for n := at - 1; n <= at+1; n++ {
			if n <= len(sc.Name) && !slices.Contains(beginnings, sc.Name[:n]) {
				beginnings = append(beginnings, sc.Name[:n])
			}
		}
	}
	least := min(3, at-1) // a beginning of which nothing is left is no hint
	for _, b := range beginnings {
		matches := slices.ContainsFunc(f.stories, func(sc *scenario.Scenario) bool {
			ok, _ := path.Match(b+rest, sc.Name) // the pattern is sound
			return ok
		})
		switch d := distance(beginning, b); {
		case !matches || d > least:
		case d < least:
			least, near = d, []string{b + rest}
		default:
			near = append(near, b+rest)
		}
	}
	return near[:min(len(near), 3)]
}

// distance is how many letters have to be put in, left out or changed to make
// one word the other (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// unknownHere is why a scenario can not be judged on this system, "" if it can.
func unknownHere(sc *scenario.Scenario) string {
	m, ok := analysis.ModelFor(runtime.GOOS)
	if !ok {
		m = analysis.Linux()
	}
	if _, ok := sc.Expect[m.Name]; !ok {
		return "not known what it does on this system"
	}
	return ""
}

func storyNames(stories []*scenario.Scenario) []string {
	var names []string
	for _, sc := range stories {
		names = append(names, sc.Name)
	}
	return names
}
