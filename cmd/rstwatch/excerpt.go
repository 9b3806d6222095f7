package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/excerpt"
	"github.com/rstwatch/rstwatch/analysis/postmortem"
	"github.com/rstwatch/rstwatch/analysis/recording"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture/file"
	"github.com/rstwatch/rstwatch/capture/redact"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

func (f *analyzeFlags) addExcerpt(cmd *cobra.Command) {
	cmd.Flags().Lookup("write").Usage = "write the connections listed to `FILE`, or the recording: .pcapng with comments, .pcap without"
	cmd.Flags().BoolVar(&f.redact, "redact", false, "leave payload and addresses out of the file that -w writes")
}

// selected are the connections that are listed, and how many ended how.
type selected struct {
	streams survey.Streams
	count   int
	endings map[survey.Ending]int
}

func (s *selected) add(c *survey.Connection) {
	s.streams.Add(c.Stream)
	s.count++
	s.endings[c.Ending]++
}

// excerpt writes the connections that are listed to the file that -w names.
// broken is what ended the survey before the captures' end: the second reading
// comes to the same place, and what lies before is written.
func (f *analyzeFlags) excerpt(ctx context.Context, c *postmortem.Captures, t *survey.Tracker, broken error) error {
	if f.write == "" {
		return nil
	}
	chosen := &selected{endings: make(map[survey.Ending]int)}
	for conn := range f.chosen(t.Connections()) {
		chosen.add(&conn)
	}
	out, err := file.Create(f.write)
	if err != nil {
		return unwritable(err)
	}
	defer out.Abort()
	w := excerpt.New(out, f.excerptOptions(chosen, t.Summary().Of))
	notes := excerpt.NewNotes(t, f.chosen(t.Connections()))
	if errors.Is(broken, context.Canceled) {
		ctx = context.WithoutCancel(ctx)
	}
	var failed error
	err = c.Collect(ctx, f.reading(), chosen.streams.Has, func(stream, frame uint32, p *file.Packet) error {
		failed = w.Frame(c.Interface(), p, notes.Of(stream, frame, w.Frames()+1, p))
		return failed
	})
	switch {
	case failed != nil:
		return f.unfit(failed)
	case errors.Is(err, context.Canceled):
		return &failure{code: exitInterrupted, err: fmt.Errorf("interrupted: %s was not written", f.write)}
	case err != nil && broken == nil:
		return unreadable(err)
	}
	if err := w.Close(); err != nil {
		return unwritable(err)
	}
	if err := out.Commit(); err != nil {
		return unwritable(err)
	}
	return nil
}

func (f *analyzeFlags) excerptOptions(chosen *selected, all uint64) excerpt.Options {
	o := excerpt.Options{Application: "rstwatch " + version, Classic: filepath.Ext(f.write) == ".pcap",
		Comment: f.selection(chosen, all)}
	if f.redact {
		o.Redact = redact.New()
	}
	return o
}

// selection says what an excerpt holds.
func (f *analyzeFlags) selection(chosen *selected, all uint64) string {
	text := fmt.Sprintf("%d of the %d TCP connections of a capture", chosen.count, all)
	var ends []string
	for _, e := range survey.Endings() {
		if n := chosen.endings[e]; n > 0 {
			ends = append(ends, fmt.Sprintf("%d %s", n, e))
		}
	}
	if len(ends) > 0 {
		text += ": " + strings.Join(ends, ", ")
	}
	if f.redact {
		text += "; redacted: no payload, addresses replaced"
	}
	return text
}

// told is what the recording shall tell of a run. A scenario of the catalogue
// keeps its name.
func (o *outputs) told(r *analysis.Run) (*analysis.Run, error) {
	if o.redact == nil {
		return r, nil
	}
	c, err := recording.Redact(r, o.redact)
	if err != nil {
		return nil, err
	}
	if s, ok := catalog.Find(r.Scenario); ok {
		c.Scenario, c.Summary = s.Name, s.Summary
	}
	return c, nil
}

// unfit says why the excerpt can not be written.
func (f *analyzeFlags) unfit(err error) error {
	if errors.As(err, new(*excerpt.LinkError)) {
		return &failure{code: exitUsage, err: fmt.Errorf("-w %s: %w", f.write, err),
			hint: "-w " + strings.TrimSuffix(f.write, ".pcap") + ".pcapng, which holds several"}
	}
	if errors.Is(err, redact.ErrAddresses) {
		return &failure{code: exitFile, err: fmt.Errorf("-w %s: %w", f.write, err), hint: "choose fewer connections, as with --resets"}
	}
	return unwritable(err)
}

// excerptable refuses to redact what is not written, and to write over a file
// that is to be read.
func (f *analyzeFlags) excerptable(paths []string, stdin io.Reader) error {
	if f.redact && f.write == "" {
		return wrongUse(errors.New("--redact is for the file that -w writes"))
	}
	for _, out := range []struct{ flag, path string }{{"-w", f.write}, {"-o", f.output}} {
		if out.path != "" && among(out.path, paths, stdin) {
			return &failure{code: exitUsage, err: fmt.Errorf("%s %s is a file to be read", out.flag, out.path), hint: "another name for " + out.flag}
		}
	}
	return nil
}

// among reports whether a path is one of the files to be read, by whatever name.
func among(path string, paths []string, stdin io.Reader) bool {
	to, err := os.Stat(path)
	if err != nil || !to.Mode().IsRegular() {
		return false
	}
	for _, path := range paths {
		from, err := os.Stat(path)
		if file, ok := stdin.(*os.File); path == "-" && ok {
			from, err = file.Stat()
		}
		if err == nil && os.SameFile(from, to) {
			return true
		}
	}
	return false
}
