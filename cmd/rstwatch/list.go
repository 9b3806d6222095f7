package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

func newList(stdout io.Writer) *cobra.Command {
	format := newChoice("text", "text", "json")
	cmd := &cobra.Command{
		Use:               "list",
		Short:             "List the scenarios",
		Example:           "  rstwatch list\n  rstwatch list --format json",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			if format.value == "json" {
				return listJSON(stdout)
			}
			w := tabwriter.NewWriter(stdout, 0, 0, 3, ' ', 0)
			for _, sc := range catalog.All() {
				fmt.Fprintf(w, "%s\t%s\n", sc.Name, sc.Summary)
			}
			return w.Flush()
		},
	}
	format.add(cmd, "format", "text or json")
	return cmd
}

// listJSON prints one object with every scenario.
func listJSON(w io.Writer) error {
	type expected struct {
		Role  scenario.Role  `json:"role"`
		Op    scenario.Op    `json:"op"`
		Fault scenario.Fault `json:"fault"`
		Or    scenario.Fault `json:"or,omitempty"`
	}
	type listed struct {
		Name    string                `json:"name"`
		Summary string                `json:"summary"`
		Story   string                `json:"story"`
		Expect  map[string][]expected `json:"expect"`
	}
	all := []listed{}
	for _, sc := range catalog.All() {
		l := listed{sc.Name, sc.Summary, sc.Story, map[string][]expected{}}
		for model, results := range sc.Expect {
			l.Expect[model] = []expected{}
			for _, r := range results {
				l.Expect[model] = append(l.Expect[model], expected(r))
			}
		}
		all = append(all, l)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	return enc.Encode(map[string]any{"scenarios": all})
}
