package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rstwatch/rstwatch/analysis/faults"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

func newExplain(stdout io.Writer) *cobra.Command {
	f := newOutputFlags()
	cmd := &cobra.Command{
		Use:   "explain NAME|ERROR|LINE...",
		Short: "Explain a scenario or an error, without running anything",
		Long: `Explain a scenario or an error, without running anything.

Of a scenario: its story, what it needs, and which calls fail on Linux and on
macOS. Of an error: which call gets it, how to tell its causes apart, what a
program should do, and the scenarios that show it. An error may be given by its
name (ECONNRESET), by Go's (io.EOF), by what is printed ("broken pipe") or by a
whole line of a log, of which the last error counts.`,
		Example: `  rstwatch explain reset-on-write
  rstwatch explain ECONNRESET
  rstwatch explain use of closed network connection
  rstwatch explain 'read tcp 10.0.3.7:51234->10.0.9.2:443: read: connection reset by peer'`,
		Args: func(_ *cobra.Command, args []string) error {
			if strings.TrimSpace(strings.Join(args, "")) == "" {
				return &failure{code: exitUsage, err: fmt.Errorf("explain takes the name of a scenario, or an error"), hint: "rstwatch explain --help"}
			}
			return nil
		},
		ValidArgsFunction: completeTopics,
		RunE:              func(_ *cobra.Command, args []string) error { return explain(args, stdout, f) },
	}
	f.addPage(cmd)
	cmd.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "tell every scenario that shows the error in a line")
	return cmd
}

// completeTopics completes scenarios and errors, with a word on each.
func completeTopics(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var list []string
	for _, g := range faults.All() {
		list = append(list, cobra.CompletionWithDesc(string(g.Fault), strings.Join(g.Prints[:min(1, len(g.Prints))], "")))
	}
	for _, sc := range catalog.All() {
		list = append(list, cobra.CompletionWithDesc(sc.Name, sc.Summary))
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}

// topics are what explain was asked for.
type topics struct {
	sections []report.Section // a story each, under its chapter
	guides   []faults.Guide
	line     string // where the only guide's error was met; "" if it was named
}

func explain(args []string, stdout io.Writer, f *outputFlags) error {
	if err := f.check("rstwatch explain --help"); err != nil {
		return err
	}
	asked, err := find(args)
	if err != nil {
		return err
	}
	if f.format.value == "json" {
		return report.PagesJSON(stdout, asked.sections, asked.guides, catalog.All())
	}
	return asked.print(stdout, f.drawing(stdout, false))
}

// find returns what args name: a scenario or an error each, or all together a
// line that speaks of an error.
func find(args []string) (topics, error) {
	var t topics
	var not string // the first that is no name
	for _, name := range args {
		if !t.add(name) && not == "" {
			not = name
		}
	}
	line := strings.Join(args, " ")
	if not == "" {
		return t, nil
	}
	if g, ok := faults.Find(line); ok {
		return topics{guides: []faults.Guide{g}}, nil
	}
	if g, ok := faults.Recognise(line); ok {
		return topics{guides: []faults.Guide{g}, line: line}, nil
	}
	if strings.Contains(line, " ") && len(t.sections)+len(t.guides) == 0 {
		return topics{}, &failure{code: exitUsage, err: fmt.Errorf("no error that is known here in %q", line), hint: "rstwatch explain --help"}
	}
	return topics{}, unknown("scenario or error", not, append(storyNames(catalog.All()), faultNames()...), "rstwatch list")
}

// add adds the scenario or the error of this name, and reports whether there is
// one.
func (t *topics) add(name string) bool {
	named := sections(func(sc *scenario.Scenario) bool { return sc.Name == name })
	for _, sec := range named {
		if len(sec.Stories) > 0 {
			t.sections = append(t.sections, sec)
			return true
		}
	}
	g, ok := faults.Find(name)
	if ok {
		t.guides = append(t.guides, g)
	}
	return ok
}

// print writes the pages, with an empty line between them.
func (t *topics) print(w io.Writer, o report.Options) error {
	page := 0
	next := func(write func() error) error {
		if page++; page > 1 {
			fmt.Fprintln(w)
		}
		return write()
	}
	for _, sec := range t.sections {
		if err := next(func() error { return report.Story(w, sec.Stories[0], sec.Title, o) }); err != nil {
			return err
		}
	}
	for _, g := range t.guides {
		if err := next(func() error { return report.Guide(w, g, t.line, catalog.All(), o) }); err != nil {
			return err
		}
	}
	return nil
}
