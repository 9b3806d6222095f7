package main

import (
	"cmp"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/analysis/report"
)

// mostListed is how many connections a terminal gets listed: the summary above
// them shall not be out of reach.
const mostListed = 200

// drawing says how text is drawn for where it goes.
func (f *outputFlags) drawing(stdout io.Writer, toFile bool) report.Options {
	width, terminal := terminalWidth(stdout)
	if toFile {
		terminal = false
	}
	if f.width != 0 {
		width = f.width
	}
	o := report.Options{Width: width, ASCII: f.ascii || terminal && !unicodeLocale(), Verbose: f.verbose, States: f.states}
	if terminal {
		o.Most = mostListed
	}
	switch f.color.value {
	case "always":
		o.Color = true
	case "auto":
		o.Color = terminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	return o
}

// terminalWidth returns how many columns w has, and whether it is a terminal.
// Elsewhere COLUMNS counts.
func terminalWidth(w io.Writer) (columns int, terminal bool) {
	if f, ok := w.(*os.File); ok {
		if size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ); err == nil {
			return cmp.Or(int(size.Col), report.DefaultWidth), true // some do not say
		}
	}
	columns, err := strconv.Atoi(os.Getenv("COLUMNS"))
	if err != nil {
		return report.DefaultWidth, false
	}
	return columns, false
}

// unicodeLocale reports whether the locale's characters are those of Unicode, by
// the variables of locale(7). Where none is set nobody has said otherwise.
func unicodeLocale() bool {
	name := strings.ToLower(cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_CTYPE"), os.Getenv("LANG")))
	return name == "" || strings.Contains(name, "utf-8") || strings.Contains(name, "utf8")
}
