package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recording"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/analysis/story"
	"github.com/rstwatch/rstwatch/analysis/trace"
	"github.com/rstwatch/rstwatch/capture/file"
	"github.com/rstwatch/rstwatch/capture/redact"
)

// outputs is where runs go: a report, and a recording if one is asked for. A
// file appears under its name only when it is whole.
type outputs struct {
	flags    *outputFlags
	overview bool // no scenario was named: one ladder, and a table
	all      bool // every scenario was asked for: a table
	skipped  []report.Skipped
	stdout   io.Writer
	file     *file.Atomic // the report's, nil for standard output
	rec      *recording.Writer
	recFile  *file.Atomic
	sheets   *file.Folder     // of the worksheet, nil if none is asked for
	redact   *redact.Redactor // of the recording; nil to write it as it is
	text     report.Options
	runs     []*analysis.Run
	proofs   bool           // each verdict was tried
	brief    bool           // of runs that ended alike only the first is kept whole
	seen     map[string]int // runs by result
	texts    map[string]*story.Story

	contradicted bool // a line of a text came out otherwise
}

func (f *outputFlags) outputs(stdout io.Writer, overview bool) (*outputs, error) {
	if err := f.notHere(stdout); err != nil {
		return nil, err
	}
	o := &outputs{flags: f, overview: overview, stdout: stdout, seen: make(map[string]int)}
	var err error
	if f.output != "" {
		if o.file, err = file.Create(f.output); err != nil {
			return nil, unwritable(err)
		}
	}
	if f.write != "" {
		if o.recFile, err = file.Create(f.write); err != nil {
			o.abort()
			return nil, unwritable(err)
		}
		o.rec = recording.New(o.recFile, "rstwatch "+version)
		if filepath.Ext(f.write) == ".pcap" {
			o.rec = recording.NewPlain(o.recFile)
		}
	}
	if f.worksheet != "" {
		if o.sheets, err = openSheets(f.worksheet); err != nil {
			o.abort()
			return nil, err
		}
	}
	o.text = f.drawing(stdout, o.file != nil)
	return o, nil
}

func unwritable(err error) *failure {
	return &failure{code: exitFile, err: err, hint: "a file in a folder that you may write to"}
}

// add takes one run.
func (o *outputs) add(r *analysis.Run) error {
	if s := o.texts[r.Scenario]; s != nil {
		o.judge(s, r)
	}
	o.seen[r.Result()]++
	o.runs = append(o.runs, o.kept(r))
	if o.rec == nil {
		return nil
	}
	r, err := o.told(r)
	if err == nil {
		err = o.rec.Add(r)
	}
	if err != nil {
		return unwritable(err)
	}
	return nil
}

// kept is what is to be kept of a run until the report.
func (o *outputs) kept(r *analysis.Run) *analysis.Run {
	another := func(k *analysis.Run) bool {
		return k.Scenario == r.Scenario && k.Family == r.Family && k.Result() == r.Result()
	}
	if o.brief && r.Result() == analysis.Explained.String() && slices.ContainsFunc(o.runs, another) {
		return report.Brief(r)
	}
	return r
}

// missing notes which of the scenarios to be performed have no run, because of
// what went wrong before.
func (o *outputs) missing(all []performance) {
	told := make(map[string]bool)
	for _, r := range o.runs {
		told[r.Scenario] = true
	}
	for _, p := range all {
		if !told[p.Name] {
			told[p.Name] = true
			o.skipped = append(o.skipped, report.Skipped{Scenario: p.Name, Reason: "not begun, or not told of"})
		}
	}
}

// finish writes the report and puts the files in their places. The recording
// goes first: a report that can not be written, as into a pipe that nobody
// reads any more, does not cost it.
func (o *outputs) finish() error {
	if err := o.finishRecording(); err != nil {
		return err
	}
	if err := o.finishSheets(); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := o.report(&b); err != nil {
		return err
	}
	to := o.stdout
	if o.file != nil {
		to = o.file
	}
	if _, err := to.Write(b.Bytes()); err != nil {
		return unwritable(err)
	}
	if o.file != nil {
		if err := o.file.Commit(); err != nil {
			return unwritable(err)
		}
	}
	return nil
}

// finishRecording gives the recording its name, if it is whole.
func (o *outputs) finishRecording() error {
	if o.rec == nil {
		return nil
	}
	if err := o.rec.Close(); err != nil {
		return unwritable(err)
	}
	if err := o.recFile.Commit(); err != nil {
		return unwritable(err)
	}
	return nil
}

// verdict turns how the runs ended into the program's end.
func (o *outputs) verdict() error {
	switch {
	case o.seen[analysis.Unexplained.String()]+o.seen[analysis.Unexpected] > 0:
		return o.ended(exitUnexplained)
	case o.seen[analysis.Inconclusive.String()]+o.seen[analysis.Interrupted]+len(o.skipped) > 0:
		return o.ended(exitInconclusive)
	}
	return nil
}

// ended is the failure with that code. A report says why; of one that went into
// a file what matters of it is said again.
func (o *outputs) ended(code int) error {
	if o.file == nil {
		return quietly(code)
	}
	var list []string
	for _, r := range o.runs {
		if r.Result() != analysis.Explained.String() {
			list = append(list, fmt.Sprintf("%s over %s is %s: %s", r.Scenario, r.Family, r.Result(), why(r)))
		}
	}
	for _, s := range o.skipped {
		list = append(list, fmt.Sprintf("%s is skipped: %s", s.Scenario, s.Reason))
	}
	const few = 5
	if more := len(list) - few; more > 0 {
		list = append(list[:few], fmt.Sprintf("and %d more", more))
	}
	return &failure{code: code, err: errors.New(strings.Join(list, "\n")), hint: "read " + report.Clean(o.flags.output)}
}

// why is what keeps a run from being explained as expected, the first of it.
func why(r *analysis.Run) string {
	for _, f := range r.Findings {
		return f.Because
	}
	for _, v := range r.Verdicts {
		if v.Outcome != analysis.Explained {
			return v.Because
		}
	}
	return cmp.Or(r.Trouble, r.Differs)
}

// abort removes what was not finished.
func (o *outputs) abort() {
	for _, f := range []*file.Atomic{o.file, o.recFile} {
		if f != nil {
			f.Abort()
		}
	}
	if o.sheets != nil {
		o.sheets.Abort()
	}
}

func (o *outputs) report(w io.Writer) error {
	switch {
	case o.flags.format.value == "json":
		return report.JSON(w, o.runs, o.skipped...)
	case o.flags.format.value == "trace":
		return trace.Print(w, o.runs)
	case drawn(o.flags.format.value):
		return o.draw(w)
	case o.proofs && (o.all || o.overview) && !o.flags.quiet:
		return report.Proofs(w, o.runs, o.text, o.skipped...)
	case o.flags.quiet:
		return report.Wrong(w, o.runs, o.text, o.skipped...)
	case o.all:
		return report.All(w, o.runs, o.text, o.skipped...)
	case o.overview:
		return report.Overview(w, o.runs, o.text)
	}
	return report.Runs(w, o.runs, o.text, o.skipped...)
}
