package main

import (
	"errors"
	"fmt"
	"io"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/rstwatch/rstwatch/analysis/faults"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// listFlags are the flags of rstwatch list.
type listFlags struct {
	*outputFlags
	tags  []string
	fault string
	model *choice
}

func newList(stdout io.Writer) *cobra.Command {
	f := &listFlags{outputFlags: newOutputFlags(), model: newChoice("", "linux", "darwin")}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the scenarios, chapter by chapter",
		Example: `  rstwatch list
  rstwatch list --tag half-close --tag reset
  rstwatch list --fault EPIPE --model darwin
  rstwatch list --format json`,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(*cobra.Command, []string) error { return f.list(stdout) },
	}
	f.addPage(cmd)
	fixed := func(words []string) cobra.CompletionFunc {
		return cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
	}
	cmd.Flags().StringSliceVar(&f.tags, "tag", nil, "only scenarios about `TAG`; of several, about all of them")
	cmd.RegisterFlagCompletionFunc("tag", fixed(tagsOf(catalog.All())))
	cmd.Flags().StringVar(&f.fault, "fault", "", "only scenarios in which a call gives this `ERROR`, such as EPIPE")
	cmd.RegisterFlagCompletionFunc("fault", fixed(faultNames()))
	f.model.add(cmd, "model", "with --fault: on this system, linux or darwin (default: this one)")
	return cmd
}

func (f *listFlags) list(stdout io.Writer) error {
	fault, err := f.wanted()
	if err != nil {
		return err
	}
	model := f.model.value
	if model == "" {
		model = runtime.GOOS
	}
	found := 0
	sections := sections(func(sc *scenario.Scenario) bool {
		if !hasTags(sc, f.tags) || fault != "" && len(sc.Gives(model, fault)) == 0 {
			return false
		}
		found++
		return true
	})
	switch {
	case f.format.value == "json":
		return report.ContentsJSON(stdout, sections)
	case found == 0:
		_, err := fmt.Fprintln(stdout, "no scenario is like that")
		return err
	}
	return report.Contents(stdout, sections, f.drawing(stdout, false))
}

// wanted checks the flags, and returns the fault that was asked for, "" if none
// was.
func (f *listFlags) wanted() (scenario.Fault, error) {
	const help = "rstwatch list --help"
	if err := f.check(help); err != nil {
		return "", err
	}
	if err := checkTags(catalog.All(), f.tags, help); err != nil {
		return "", err
	}
	if f.fault == "" {
		if f.model.value != "" {
			return "", &failure{code: exitUsage, err: errors.New("--model says on which system --fault is looked for: it needs one"), hint: help}
		}
		return "", nil
	}
	g, ok := faults.Find(f.fault)
	if !ok {
		return "", unknown("error", f.fault, faultNames(), "rstwatch explain --help")
	}
	return g.Fault, nil
}
