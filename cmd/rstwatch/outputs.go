package main

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recording"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/capture/file"
)

// outputs is where runs go: a report, and a recording if one is asked for. A
// file appears under its name only when it is whole.
type outputs struct {
	flags    *runFlags
	overview bool // no scenario was named: one ladder, and a table
	stdout   io.Writer
	file     *file.Atomic // the report's, nil for standard output
	rec      *recording.Writer
	recFile  *file.Atomic
	text     report.Options
	runs     []*analysis.Run
	seen     map[string]int // runs by result
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
		hint: "rstwatch run -w " + path + ".pcapng"}
}

func (f *runFlags) outputs(stdout io.Writer, overview bool) (*outputs, error) {
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
	o.text = f.drawing(stdout, o.file != nil)
	return o, nil
}

func unwritable(err error) error {
	return &failure{code: exitFile, err: err, hint: "a file in a folder that you may write to"}
}

// add takes one run.
func (o *outputs) add(r *analysis.Run) error {
	o.seen[r.Result()]++
	o.runs = append(o.runs, r)
	if o.rec == nil {
		return nil
	}
	if err := o.rec.Add(r); err != nil {
		return unwritable(err)
	}
	return nil
}

// finish writes the report and puts the files in their places. The recording
// goes first: a report that can not be written, as into a pipe that nobody
// reads any more, does not cost it.
func (o *outputs) finish() error {
	if err := o.finishRecording(); err != nil {
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

// abort removes what was not finished.
func (o *outputs) abort() {
	for _, f := range []*file.Atomic{o.file, o.recFile} {
		if f != nil {
			f.Abort()
		}
	}
}

func (o *outputs) report(w io.Writer) error {
	switch {
	case o.flags.format.value == "json":
		return report.JSON(w, o.runs)
	case o.flags.quiet:
		return report.Wrong(w, o.runs, o.text)
	case o.overview:
		return report.Overview(w, o.runs, o.text)
	}
	return report.Runs(w, o.runs, o.text)
}
