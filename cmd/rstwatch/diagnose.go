package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/diagnosis"
	"github.com/rstwatch/rstwatch/analysis/postmortem"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
)

// mostDiagnoses is how many connections are diagnosed at a time: each keeps some
// thousand segments in memory.
const mostDiagnoses = 64

// number reads the numbers that --conn has.
func (f *surveyFlags) number() error {
	f.streams = nil
	for _, word := range f.conns {
		n, err := strconv.ParseUint(word, 10, 32)
		if err != nil {
			return wrongUse(fmt.Errorf("--conn takes the numbers of connections, as Wireshark's tcp.stream has them, not %q", word))
		}
		if f.streams == nil {
			f.streams = make(map[uint32]bool)
		}
		f.streams[uint32(n)] = true
	}
	if len(f.streams) > mostDiagnoses {
		return wrongUse(fmt.Errorf("--conn takes at most %d connections at a time", mostDiagnoses))
	}
	return nil
}

// diagnose diagnoses connections, in the order of their numbers. broken is what
// ended the survey before the captures' end.
func (f *analyzeFlags) diagnose(ctx context.Context, c *postmortem.Captures, t *survey.Tracker, streams map[uint32]bool, broken error) ([]*diagnosis.Diagnosis, error) {
	var found []survey.Connection
	for conn := range t.Connections() {
		if streams[conn.Stream] {
			found = append(found, conn)
		}
	}
	if err := f.missing(found, t.Summary()); err != nil {
		return nil, err
	}
	if errors.Is(broken, context.Canceled) {
		ctx = context.WithoutCancel(ctx)
	}
	kept := make(map[uint32]*diagnosis.Keeper)
	for i := range found {
		kept[found[i].Stream] = new(diagnosis.Keeper)
	}
	err := c.Collect(ctx, f.reading(), func(stream uint32) bool { return streams[stream] }, func(stream, frame uint32, p *file.Packet) error {
		kept[stream].Add(p.Nanos, frame, capture.Frame{Link: p.Link, Data: p.Data, Wire: p.Wire})
		return nil
	})
	if err != nil && broken == nil {
		return nil, unreadable(err)
	}
	model, _ := analysis.ModelFor(f.model.value)
	var list []*diagnosis.Diagnosis
	for i := range found {
		d := diagnosis.Of(kept[found[i].Stream].Evidence(found[i], model))
		list = append(list, &d)
	}
	return list, nil
}

// missing says which of the connections asked for there are not.
func (f *analyzeFlags) missing(found []survey.Connection, sum survey.Summary) error {
	have := make(map[uint32]bool)
	for i := range found {
		have[found[i].Stream] = true
	}
	for n := range f.streams {
		switch {
		case have[n]:
		case uint64(n) < sum.Of && f.filter != "":
			return wrongUse(fmt.Errorf("--conn %d: no packet of that connection matches --filter, or it was closed out for want of room", n))
		case uint64(n) < sum.Of:
			return &failure{code: exitUsage, err: fmt.Errorf("--conn %d: that connection was closed out for want of room", n),
				hint: "a higher --max-connections"}
		case sum.Of == 1:
			return wrongUse(fmt.Errorf("--conn %d: there is one connection, number 0", n))
		default:
			return wrongUse(fmt.Errorf("--conn %d: there are %d connections, from 0 to %d", n, sum.Of, sum.Of-1))
		}
	}
	return nil
}

// printDiagnoses writes diagnoses in the format asked for.
func printDiagnoses(w io.Writer, sum survey.Summary, list []*diagnosis.Diagnosis, format string, text report.Options) error {
	switch format {
	case "json":
		return report.DiagnosesJSON(w, sum, list)
	case "jsonl":
		return report.DiagnosesLines(w, list)
	case "csv":
		return report.SurveyCSV(w, report.Diagnosed(list))
	case formatPage, "markdown", "mermaid", "svg":
		return drawDiagnoses(w, list, format)
	}
	for i, d := range list {
		if i > 0 {
			if _, err := io.WriteString(w, "\n"); err != nil {
				return err
			}
		}
		if err := report.Diagnosis(w, d, text); err != nil {
			return err
		}
	}
	return nil
}
