package main

import (
	"errors"
	"io"

	"github.com/rstwatch/rstwatch/analysis/report/page"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// formatPage is the format that makes a page for a browser.
const formatPage = "html"

// notHere refuses to fill a terminal with a page.
func (f *outputFlags) notHere(stdout io.Writer) error {
	if f.format.value != formatPage || f.output != "" {
		return nil
	}
	if _, terminal := terminalWidth(stdout); !terminal {
		return nil
	}
	return &failure{code: exitUsage, err: errors.New("--format html makes a page for a browser, not for a terminal"), hint: "-o report.html"}
}

// page writes the runs as a page.
func (o *outputs) page(w io.Writer) error {
	options := pageOptions()
	options.Skipped, options.Verbose = o.skipped, o.flags.verbose
	if o.all {
		options.Title = "The catalogue"
	}
	return page.Write(w, o.runs, options)
}

func pageOptions() page.Options {
	chapters := make(map[string]string)
	for _, c := range catalog.Chapters() {
		for _, sc := range c.Stories {
			chapters[sc.Name] = c.Title
		}
	}
	return page.Options{Program: "rstwatch " + version, Chapter: func(name string) string { return chapters[name] }}
}
