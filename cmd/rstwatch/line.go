package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/rstwatch/rstwatch/analysis/diagnosis"
	"github.com/rstwatch/rstwatch/analysis/logline"
	"github.com/rstwatch/rstwatch/analysis/match"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/analysis/survey"
)

// lineFlags ask for the connection that a line of a log speaks of.
type lineFlags struct {
	text, at string
	line     logline.Line
	stamp    logline.Stamp
	answer   *match.Answer // once the captures have been read
}

func (f *lineFlags) addLine(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.text, "error", "", "of a capture find the connection that this `LINE` of a log speaks of")
	cmd.Flags().StringVar(&f.at, "at", "", "when the line of --error was written: a `TIME` as in a log, or hh:mm:ss")
}

// parse takes the line apart. format is what is to be printed.
func (f *lineFlags) parse(format string, summary bool) error {
	switch {
	case f.text == "" && f.at == "":
		return nil
	case f.text == "":
		return wrongUse(errors.New("--at says when the line of --error was written, and there is none"))
	case summary || format == "jsonl" || format == "csv" || drawn(format):
		return wrongUse(errors.New("--error prints candidates, as --format text or json"))
	}
	var ok bool
	if f.line, ok = logline.Parse(f.text); !ok {
		return wrongUse(fmt.Errorf("--error: neither an error, nor an address or a port, that is known here in %q", f.text))
	}
	if f.at == "" {
		return nil
	}
	if f.stamp, ok = logline.ParseStamp(f.at); !ok {
		return wrongUse(fmt.Errorf("--at: %q is no time: 2026-11-20T10:00:01Z is one, or 10:00:01", f.at))
	}
	return nil
}

// find looks for the line's connection, once, among those that flags choose.
func (f *analyzeFlags) find(t *survey.Tracker) error {
	if f.text == "" {
		return nil
	}
	a := match.Find(f.chosen(t.Connections()), f.line, f.stamp, time.Local)
	f.answer = &a
	if a.Why == "" {
		return nil
	}
	return &failure{code: exitUnexplained, err: errors.New(a.Why), hint: "rstwatch analyze without --error lists all connections"}
}

// best is the number of the connection that the line speaks of rather than of any
// other, if there is one.
func (f *lineFlags) best() map[uint32]bool {
	if k := f.answer.Best(); k != nil {
		return map[uint32]bool{k.Connection.Stream: true}
	}
	return nil
}

// printAnswer writes what there is to the line; list has the diagnosis of the best
// connection, if there is one.
func (f *lineFlags) printAnswer(w io.Writer, sum survey.Summary, list []*diagnosis.Diagnosis, format string, text report.Options) error {
	var d *diagnosis.Diagnosis
	if len(list) > 0 {
		d = list[0]
	}
	if format == "json" {
		return report.AnswerJSON(w, sum, f.answer, d)
	}
	return report.Answer(w, f.answer, d, text)
}

// has reports whether the connection is one that the line can speak of.
func (f *lineFlags) has(c *survey.Connection) bool {
	for i := range f.answer.Candidates {
		if f.answer.Candidates[i].Connection.Stream == c.Stream {
			return true
		}
	}
	return false
}
