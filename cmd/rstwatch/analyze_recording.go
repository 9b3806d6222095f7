package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/postmortem"
	"github.com/rstwatch/rstwatch/analysis/recording"
	"github.com/rstwatch/rstwatch/analysis/trace"
	"github.com/rstwatch/rstwatch/capture/redact"
)

// explain explains a recording.
func (f *analyzeFlags) explain(ctx context.Context, c *postmortem.Captures, stdout io.Writer) error {
	path, in, err := c.Whole(ctx)
	if err != nil {
		return unreadable(placed(path, err))
	}
	if flag := f.asked(f.format.value); flag != "" {
		return wrongUse(fmt.Errorf("%s is for captures without calls, and %s is to be explained", flag, path))
	}
	runs, broken := f.read(in)
	if errors.As(broken, new(*failure)) {
		return broken
	}
	if m, ok := analysis.ModelFor(f.model.value); ok {
		translate(runs, m)
	}
	if broken == nil && len(runs) == 0 {
		broken = errors.New("no call and no TCP segment in it")
	}
	if runs, err = numbered(runs, f.run); err != nil {
		return err
	}
	if err := f.single(len(runs), "--run NUMBER, or --format markdown"); err != nil {
		return err
	}
	out, err := f.outputs(stdout, false)
	if err != nil {
		return err
	}
	defer out.abort()
	if f.redact {
		out.redact = redact.New()
	}
	for _, r := range runs {
		if err := out.add(r); err != nil {
			return err
		}
	}
	if err := out.finish(); err != nil {
		return err
	}
	if broken != nil {
		return unreadable(placed(path, broken))
	}
	return out.verdict()
}

// maxText is how long the text of a recording may be, in octets. Whoever gives a
// log in place of a capture shall not have all of it in memory.
const maxText = 64 << 20

// read reads a recording, or the text of one, which is told by its first octets:
// no binary format begins with a line of text.
func (f *analyzeFlags) read(r io.Reader) ([]*analysis.Run, error) {
	in := bufio.NewReader(r)
	head, err := in.Peek(in.Size())
	if len(head) == 0 || !trace.IsText(head) || err != nil && err != io.EOF {
		return recording.Read(in, analysis.Linux())
	}
	if f.write != "" {
		return nil, &failure{code: exitUsage, err: errors.New("-w: a text has no frames to write"), hint: "rstwatch analyze --help"}
	}
	text, err := io.ReadAll(io.LimitReader(in, maxText+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > maxText:
		return nil, fmt.Errorf("the text of a recording has at most %d octets", maxText)
	}
	return trace.Read(string(text))
}

// translate makes the results of runs those that the calls have by the rules
// of m.
func translate(runs []*analysis.Run, m *analysis.Model) {
	for _, r := range runs {
		r.Evidence = analysis.Translate(r.Evidence, m)
		r.Explanation = analysis.Explain(r.Evidence)
		if r.Translated() {
			r.Differs = "" // it was said of the results as they were recorded
		}
	}
}
