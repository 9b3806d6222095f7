package main

import (
	"github.com/spf13/cobra"

	"github.com/rstwatch/rstwatch/analysis/faults"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// addPage adds the flags of what only prints a page.
func (f *outputFlags) addPage(cmd *cobra.Command) {
	f.format = newChoice("text", "text", "json")
	f.format.add(cmd, "format", "text or json")
	f.addDrawing(cmd)
}

// addDrawing adds the flags that say how text is drawn.
func (f *outputFlags) addDrawing(cmd *cobra.Command) {
	f.color.add(cmd, "color", "colour the text: auto, always or never")
	cmd.Flags().BoolVar(&f.ascii, "ascii", false, "write with ASCII characters only")
	cmd.Flags().IntVar(&f.width, "width", 0, "write `N` columns wide, 60 or more (default: the terminal's width)")
}

// sections returns the stories that keep holds for, in their chapters.
func sections(keep func(*scenario.Scenario) bool) []report.Section {
	var list []report.Section
	for _, c := range catalog.Chapters() {
		sec := report.Section{Title: c.Title}
		for _, sc := range c.Stories {
			if keep(sc) {
				sec.Stories = append(sec.Stories, sc)
			}
		}
		list = append(list, sec)
	}
	return list
}

// faultNames returns the errors that there is a guide for.
func faultNames() []string {
	var list []string
	for _, g := range faults.All() {
		list = append(list, string(g.Fault))
	}
	return list
}
