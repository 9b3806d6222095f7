package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recorded"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// replayFlags are the flags of rstwatch replay.
type replayFlags struct {
	*outputFlags
	chooser
	familyFlags
	model *choice
	step  bool
}

func newReplay(stories []*scenario.Scenario, stdout io.Writer) *cobra.Command {
	f := &replayFlags{outputFlags: newOutputFlags(), model: newChoice("", "linux", "darwin"),
		chooser: chooser{stories: stories, help: "rstwatch replay --help"}}
	cmd := &cobra.Command{
		Use:   "replay [SCENARIO...]",
		Short: "Show scenarios as they were recorded, where none can be run",
		Long: `Show scenarios as they were recorded, where none can be run.

The program carries a recording of every scenario, over IPv4 and over IPv6.
replay shows them as run would: nothing is captured, no connection is made, and
no right is needed. Each view says when and on which system it was recorded.

Without a name: the ladder of reset-on-read, then the six classics, one line
each. With --model darwin the calls have the results that they would have on
macOS, by its source.`,
		Example: `  rstwatch replay
  rstwatch replay reset-on-write -6
  rstwatch replay --all
  rstwatch replay --model darwin reset-read-write
  rstwatch replay forged-reset -w forged.pcapng
  rstwatch replay --tag reset --worksheet exercises
  rstwatch replay reset-on-read --step`,
		ValidArgs: storyNames(stories),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.replay(cmd.Context(), args, stdout)
		},
	}
	f.outputFlags.add(cmd)
	f.familyFlags.add(cmd)
	f.chooser.add(cmd, "show")
	f.addWorksheet(cmd)
	cmd.Flags().BoolVar(&f.step, "step", false, "stop before each call of one scenario, until a key lets it go on: a lesson")
	f.model.add(cmd, "model", "as this system would have behaved: linux or darwin (default: as it was recorded)")
	return cmd
}

// replay is the whole of rstwatch replay.
func (f *replayFlags) replay(ctx context.Context, args []string, stdout io.Writer) error {
	if err := f.outputFlags.check(f.help); err != nil {
		return err
	}
	runs, skipped, err := f.recordings(args)
	if err != nil {
		return err
	}
	if err := f.single(len(runs), "rstwatch replay reset-on-read --format svg"); err != nil {
		return err
	}
	if err := f.checkLesson(args, len(runs), stdout); err != nil {
		return err
	}
	out, err := f.outputs(stdout, len(args) == 0 && !f.every())
	if err != nil {
		return err
	}
	defer out.abort()
	if f.step {
		if err := f.teach(ctx, runs[0], stdout); err != nil {
			return err
		}
	}
	out.all, out.skipped = f.every(), skipped
	for _, r := range runs {
		if err := out.add(r); err != nil {
			return err
		}
	}
	if err := out.finish(); err != nil {
		return err
	}
	return out.verdict()
}

// recordings returns the runs that the arguments and the flags choose, numbered
// in the order in which they are shown, and which scenarios have none. That one
// has none which was named is an error.
func (f *replayFlags) recordings(args []string) ([]*analysis.Run, []report.Skipped, error) {
	p, err := f.pick(args)
	if err != nil {
		return nil, nil, err
	}
	all, err := recorded.Runs()
	if err != nil {
		return nil, nil, &failure{code: exitFile, err: err, hint: "install rstwatch again"}
	}
	missing := func(sc *scenario.Scenario) string {
		if slices.ContainsFunc(all, func(r *analysis.Run) bool { return r.Scenario == sc.Name }) {
			return ""
		}
		if _, ok := sc.Expect[all[0].Platform.OS]; ok {
			return "it has no recording yet"
		}
		return "it has no recording: not known what it does on " + all[0].Platform.Name()
	}
	for sc := range p.named {
		if why := missing(sc); why != "" {
			return nil, nil, &failure{code: exitUsage, err: fmt.Errorf("%s: %s", sc.Name, why), hint: "rstwatch list"}
		}
	}
	p, _ = p.skip(missing)
	var runs []*analysis.Run
	for _, sc := range p.scenarios {
		for _, family := range f.families() {
			at := slices.IndexFunc(all, func(r *analysis.Run) bool { return r.Scenario == sc.Name && r.Family == family })
			if at < 0 {
				continue
			}
			r := all[at]
			r.Number, r.Story = len(runs)+1, sc.Story
			runs = append(runs, r)
		}
	}
	if m, ok := analysis.ModelFor(f.model.value); ok {
		translate(runs, m)
	}
	return runs, p.skipped, nil
}

// pick finds what the arguments and the flags choose.
func (f *replayFlags) pick(args []string) (*picked, error) {
	p := &picked{named: make(map[*scenario.Scenario]bool)}
	switch {
	case len(args) > 0 && f.every():
		return nil, &failure{code: exitUsage, err: errBeside, hint: f.help}
	case f.every():
		return p, f.pickTagged(p)
	case len(args) == 0:
		return &picked{scenarios: catalog.Classics()}, nil
	}
	for _, arg := range args {
		if isStory(arg) {
			return nil, &failure{code: exitUsage, err: fmt.Errorf("%s: a story of your own has no recording", fileName(arg)), hint: "rstwatch run " + arg}
		}
		if err := f.pickName(p, arg); err != nil {
			return nil, err
		}
	}
	return p, nil
}
