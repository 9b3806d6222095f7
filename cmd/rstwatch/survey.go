package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture/file"
	"github.com/rstwatch/rstwatch/scenario"
)

// surveyFlags are the flags that only a survey knows.
type surveyFlags struct {
	summary, resets bool
	faults          []string
	conns           []string
	streams         map[uint32]bool // of conns
	most            int
	filter          string
	lineFlags
}

// asked reports which flag asks for a survey; "" if none does.
func (f *surveyFlags) asked(format string) string {
	switch {
	case f.summary:
		return "--summary"
	case f.resets:
		return "--resets"
	case len(f.faults) > 0:
		return "--fault"
	case f.filter != "":
		return "--filter"
	case f.text != "":
		return "--error"
	case len(f.conns) > 0:
		return "--conn"
	case format == "jsonl" || format == "csv":
		return "--format " + format
	}
	return ""
}

// print writes the survey in the format asked for.
func (f *surveyFlags) print(w io.Writer, t *survey.Tracker, format string, text report.Options) error {
	all, sum := f.chosen(t.Connections()), t.Summary()
	if f.summary && (f.resets || len(f.faults) > 0) {
		sum = survey.Sum(sum, all)
	}
	switch {
	case format == "json" && f.summary:
		return report.SurveyJSON(w, sum, nil)
	case format == "json":
		return report.SurveyJSON(w, sum, all)
	case format == "jsonl":
		return report.SurveyLines(w, all)
	case format == "csv":
		return report.SurveyCSV(w, all)
	}
	if err := report.SurveySummary(w, sum, text); err != nil || f.summary {
		return err
	}
	return report.SurveyList(w, all, text)
}

func (f *surveyFlags) chosen(all iter.Seq[survey.Connection]) iter.Seq[survey.Connection] {
	if !f.resets && len(f.faults) == 0 && len(f.streams) == 0 && f.answer == nil {
		return all
	}
	return func(yield func(survey.Connection) bool) {
		for c := range all {
			if f.takes(&c) && !yield(c) {
				return
			}
		}
	}
}

// takes reports whether the connection is one of those asked for.
func (f *surveyFlags) takes(c *survey.Connection) bool {
	if f.resets && c.Reset == nil || len(f.streams) > 0 && !f.streams[c.Stream] || f.answer != nil && !f.has(c) {
		return false
	}
	return len(f.faults) == 0 || slices.ContainsFunc(f.faults, func(word string) bool {
		return c.Sides[0].Next.Returns(scenario.Fault(word)) || c.Sides[1].Next.Returns(scenario.Fault(word))
	})
}

// contradiction refuses flags that mean nothing, alone or together.
func (f *surveyFlags) contradiction(format string) error {
	switch {
	case f.summary && (format == "jsonl" || format == "csv"):
		return wrongUse(fmt.Errorf("--summary has no lines for --format %s: json has it", format))
	case len(f.conns) > 0 && (f.summary || f.resets || len(f.faults) > 0 || f.text != ""):
		return wrongUse(errors.New("--conn names the connections: --summary, --resets, --fault and --error are about all of them"))
	case format == "svg" && len(f.conns) > 1:
		return wrongUse(errors.New("--format svg draws one connection: name one with --conn"))
	case f.most < 1 || f.most > 1<<30:
		return wrongUse(fmt.Errorf("--max-connections takes a number from 1, not %d", f.most))
	}
	if err := f.number(); err != nil {
		return err
	}
	names := faultNames()
	for i, word := range f.faults {
		f.faults[i] = strings.ToUpper(strings.TrimSpace(word))
		if !slices.Contains(names, f.faults[i]) {
			return wrongUse(fmt.Errorf("--fault: unknown error %q; known are %s", word, strings.Join(names, ", ")))
		}
	}
	return f.parse(format, f.summary)
}

// deliver writes what print prints where the flags say.
func (f *analyzeFlags) deliver(ctx context.Context, stdout io.Writer, print func(io.Writer, report.Options) error) error {
	if f.quiet && f.output == "" {
		return nil // to print for nobody takes longer than to read
	}
	if err := f.notHere(stdout); err != nil {
		return err
	}
	text := f.drawing(stdout, f.output != "")
	if f.output == "" {
		return undelivered(ctx, printBuffered(heedful(ctx, stdout), text, print))
	}
	out, err := file.Create(f.output)
	if err != nil {
		return unwritable(err)
	}
	defer out.Abort()
	if err := printBuffered(heedful(ctx, out), text, print); err != nil {
		return undelivered(ctx, err)
	}
	if err := out.Commit(); err != nil {
		return unwritable(err)
	}
	return nil
}

// heedful is w, but for a write once ctx has ended: a long list is not printed to
// its end for somebody who has interrupted it. If it has ended already, what there
// is until then is to be told.
func heedful(ctx context.Context, w io.Writer) io.Writer {
	if ctx.Err() != nil {
		return w
	}
	return &heeding{ctx, w}
}

type heeding struct {
	ctx context.Context
	w   io.Writer
}

func (h *heeding) Write(p []byte) (int, error) {
	if err := h.ctx.Err(); err != nil {
		return 0, err
	}
	return h.w.Write(p)
}

// undelivered is the failure for what kept a report from being written whole.
func undelivered(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return &failure{code: exitInterrupted, err: errors.New("interrupted: the list is not whole")}
	}
	return unwritable(err)
}

// printBuffered is print in large pieces.
func printBuffered(w io.Writer, text report.Options, print func(io.Writer, report.Options) error) error {
	b := bufio.NewWriterSize(w, 1<<16)
	if err := print(b, text); err != nil {
		return err
	}
	return b.Flush()
}
