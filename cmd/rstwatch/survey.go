package main

import (
	"fmt"
	"io"
	"iter"

	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture/file"
)

// surveyFlags are the flags that only a survey knows.
type surveyFlags struct {
	summary, resets bool
	most            int
}

// asked reports which flag asks for a survey; "" if none does.
func (f *surveyFlags) asked(format string) string {
	switch {
	case f.summary:
		return "--summary"
	case f.resets:
		return "--resets"
	case format == "jsonl" || format == "csv":
		return "--format " + format
	}
	return ""
}

// print writes the survey in the format asked for.
func (f *surveyFlags) print(w io.Writer, t *survey.Tracker, format string, text report.Options) error {
	all := f.chosen(t.Connections())
	switch {
	case format == "json" && f.summary:
		return report.SurveyJSON(w, t.Summary(), nil)
	case format == "json":
		return report.SurveyJSON(w, t.Summary(), all)
	case format == "jsonl":
		return report.SurveyLines(w, all)
	case format == "csv":
		return report.SurveyCSV(w, all)
	}
	if err := report.SurveySummary(w, t.Summary(), text); err != nil || f.summary {
		return err
	}
	return report.SurveyList(w, all, text)
}

func (f *surveyFlags) chosen(all iter.Seq[survey.Connection]) iter.Seq[survey.Connection] {
	if !f.resets {
		return all
	}
	return func(yield func(survey.Connection) bool) {
		for c := range all {
			if c.Reset != nil && !yield(c) {
				return
			}
		}
	}
}

// contradiction refuses flags that mean nothing together.
func (f *surveyFlags) contradiction(format string) error {
	switch {
	case f.summary && (format == "jsonl" || format == "csv"):
		return fmt.Errorf("--summary has no lines for --format %s: json has it", format)
	case f.most < 1 || f.most > 1<<30:
		return fmt.Errorf("--max-connections takes a number from 1, not %d", f.most)
	}
	return nil
}

// deliver writes the survey where the flags say.
func (f *analyzeFlags) deliver(t *survey.Tracker, stdout io.Writer) error {
	to, text := stdout, f.drawing(stdout, f.output != "")
	if f.quiet {
		to = io.Discard
	}
	if f.output == "" {
		if err := f.print(to, t, f.format.value, text); err != nil {
			return unwritable(err)
		}
		return nil
	}
	out, err := file.Create(f.output)
	if err != nil {
		return unwritable(err)
	}
	defer out.Abort()
	if err := f.print(out, t, f.format.value, text); err != nil {
		return unwritable(err)
	}
	if err := out.Commit(); err != nil {
		return unwritable(err)
	}
	return nil
}
