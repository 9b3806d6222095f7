package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/rstwatch/rstwatch/analysis/diagnosis"
	"github.com/rstwatch/rstwatch/analysis/postmortem"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture/file"
)

// survey surveys captures, and prints what came before a broken place.
func (f *analyzeFlags) survey(ctx context.Context, c *postmortem.Captures, stdout, stderr io.Writer) error {
	o := f.reading()
	if f.filter != "" {
		var err error
		if o.Filter, err = file.NewFilter(f.filter); err != nil {
			return noFilter(err)
		}
	}
	line := f.startReading(stderr, c.Progress)
	defer line.erase()
	t, broken := c.Survey(ctx, o)
	switch {
	case errors.Is(broken, postmortem.ErrCalls):
		return unreadable(broken)
	case errors.As(broken, new(*file.FilterError)):
		return noFilter(broken)
	}
	if err := f.undrawn(); err != nil {
		return err
	}
	sum := t.Summary()
	switch {
	case sum.Of > 0:
		missing := f.find(t)
		if missing == nil {
			if err := f.excerpt(ctx, c, t, broken); err != nil {
				return err
			}
		}
		print, err := f.printer(ctx, c, t, broken)
		line.erase()
		if err != nil {
			return err
		}
		if err := f.deliver(ctx, stdout, print); err != nil {
			return err
		}
		if missing != nil && broken == nil {
			return missing
		}
	case broken == nil:
		broken = nothing(sum.Frames)
	case errors.Is(broken, context.Canceled):
		return &failure{code: exitInterrupted, err: errors.New("interrupted before there was a connection")}
	}
	if broken != nil {
		return unreadable(broken)
	}
	return nil
}

// noFilter refuses a filter that can not be compiled.
func noFilter(err error) error {
	hint := "tcpdump -d EXPR says what tcpdump makes of it; man pcap-filter has the language"
	if errors.Is(err, file.ErrNoFilters) {
		hint = "rstwatch analyze without --filter"
	}
	return &failure{code: exitUsage, err: fmt.Errorf("--filter: %w", err), hint: hint}
}

// printer returns what prints the survey, the diagnoses of the connections that
// --conn names, or what there is to the line of --error with that of the best.
func (f *analyzeFlags) printer(ctx context.Context, c *postmortem.Captures, t *survey.Tracker, broken error) (func(io.Writer, report.Options) error, error) {
	streams := f.streams
	if f.answer != nil {
		streams = f.best()
	}
	var list []*diagnosis.Diagnosis
	var err error
	if len(streams) > 0 {
		list, err = f.diagnose(ctx, c, t, streams, broken)
	}
	return func(w io.Writer, o report.Options) error {
		switch {
		case f.answer != nil:
			return f.printAnswer(w, t.Summary(), list, f.format.value, o)
		case len(list) == 0:
			return f.print(w, t, f.format.value, o)
		}
		return printDiagnoses(w, t.Summary(), list, f.format.value, o)
	}, err
}

// nothing says that a capture has nothing to be told of, and why that may be.
func nothing(f survey.Frames) error {
	const none = "no call and no TCP segment in it"
	switch {
	case f.Cut > 0:
		return fmt.Errorf("%s: of %d frames too little was captured (the snap length)", none, f.Cut)
	case f.Unknown > 0:
		return fmt.Errorf("%s: %d frames are of a link type that is not known here", none, f.Unknown)
	}
	return errors.New(none)
}
