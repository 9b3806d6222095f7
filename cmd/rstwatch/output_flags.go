package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rstwatch/rstwatch/analysis/report"
)

// outputFlags say where a report and a recording go, and how text is drawn.
type outputFlags struct {
	format, color         *choice
	output, write         string
	worksheet             folderName
	ascii, quiet, verbose bool
	states                bool
	width                 int
}

func newOutputFlags() *outputFlags {
	return &outputFlags{format: newChoice("text", "text", "json", "html", "trace", "markdown", "mermaid", "svg"), color: newChoice("auto", "auto", "always", "never")}
}

func (f *outputFlags) add(cmd *cobra.Command) {
	f.format.add(cmd, "format", "text; json; html: a page to step through; trace: the evidence line by line, which analyze reads; markdown; mermaid; or svg: one run, drawn")
	f.color.add(cmd, "color", "colour the text: auto, always or never")
	fl := cmd.Flags()
	fl.StringVarP(&f.output, "output", "o", "", "write the report to `FILE` instead of standard output")
	fl.StringVarP(&f.write, "write", "w", "", "write the recording to `FILE`: .pcapng with calls and comments, .pcap without")
	fl.BoolVar(&f.ascii, "ascii", false, "draw with ASCII characters only (the default on a terminal whose locale is not UTF-8)")
	fl.IntVar(&f.width, "width", 0, "draw `N` columns wide, 60 or more (default: the terminal's width)")
	fl.BoolVarP(&f.quiet, "quiet", "q", false, "print nothing but what went wrong")
	fl.BoolVar(&f.states, "states", false, "show beside a ladder the TCP state of both kernels, and the error that waits there")
	fl.BoolVarP(&f.verbose, "verbose", "v", false, "show also the listener, the waits and the calls that nothing came of")
}

// check refuses what can not work; help is where to look.
func (f *outputFlags) check(help string) error {
	var err error
	switch {
	case f.width != 0 && f.width < report.MinWidth:
		err = fmt.Errorf("--width takes a number from %d, not %d", report.MinWidth, f.width)
	case f.quiet && f.verbose:
		err = errors.New("--quiet and --verbose contradict each other")
	default:
		if err = f.distinct(); err == nil {
			return recordingName(f.write)
		}
	}
	return &failure{code: exitUsage, err: err, hint: help}
}

// distinct refuses to write two things to one place.
func (f *outputFlags) distinct() error {
	names := []struct{ flag, path string }{{"-o", f.output}, {"-w", f.write}, {"--worksheet", string(f.worksheet)}}
	for i, a := range names {
		for _, b := range names[:i] {
			if a.path != "" && b.path != "" && resolved(a.path) == resolved(b.path) {
				return fmt.Errorf("%s and %s both name %s", b.flag, a.flag, a.path)
			}
		}
	}
	return nil
}

// resolved is a path in the one form that is the same for all names of a place:
// the file itself may not be there yet.
func resolved(path string) string {
	if p, err := filepath.Abs(path); err == nil {
		path = p
	}
	if p, err := filepath.EvalSymlinks(path); err == nil {
		return p
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(dir, filepath.Base(path))
	}
	return path
}

// recordingName refuses a name that does not say which format is meant.
func recordingName(path string) error {
	switch filepath.Ext(path) {
	case ".pcapng", ".pcap":
		return nil
	}
	if path == "" {
		return nil
	}
	return &failure{code: exitUsage, err: fmt.Errorf("-w %s: the name must end in .pcapng or .pcap", path),
		hint: "-w " + path + ".pcapng"}
}
