package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recording"
	"github.com/rstwatch/rstwatch/analysis/trace"
)

// analyzeFlags are the flags of rstwatch analyze.
type analyzeFlags struct {
	*outputFlags
	model *choice
}

func newAnalyze(stdin io.Reader, stdout io.Writer) *cobra.Command {
	f := &analyzeFlags{outputFlags: newOutputFlags(), model: newChoice("", "linux", "darwin")}
	cmd := &cobra.Command{
		Use:   "analyze FILE",
		Short: "Explain the calls in a recording",
		Long: `Explain the calls in a recording: a pcapng file of rstwatch run -w, or of anyone
who puts calls beside segments in the same way (analysis/recording/doc.go lists
the fields), plain or compressed with gzip or zstd; or the text that --format
trace prints, which begins with a printable line. "-" is standard input.

With --model the calls return what they would have returned on the other system,
so that the difference itself can be seen.`,
		Example: `  rstwatch run -w resets.pcapng && rstwatch analyze resets.pcapng
  rstwatch analyze --model darwin resets.pcapng
  rstwatch analyze --format json - < resets.pcapng
  rstwatch analyze --format trace resets.pcapng`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				return nil
			}
			return &failure{code: exitUsage, err: fmt.Errorf("analyze takes one file, not %d", len(args)), hint: "rstwatch analyze --help"}
		},
		RunE: func(_ *cobra.Command, args []string) error { return f.analyze(args[0], stdin, stdout) },
	}
	f.add(cmd)
	f.model.add(cmd, "model", "as this system would have behaved: linux or darwin (default: as it was recorded)")
	return cmd
}

func (f *analyzeFlags) analyze(path string, stdin io.Reader, stdout io.Writer) error {
	if err := f.check("rstwatch analyze --help"); err != nil {
		return err
	}
	in, shut, err := openInput(path, stdin)
	if err != nil {
		return unreadable(err)
	}
	defer shut()
	if err := giveUpRoot(io.Discard, true); err != nil {
		return err
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
	out, err := f.outputs(stdout, false)
	if err != nil {
		return err
	}
	defer out.abort()
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
	text, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	return trace.Read(string(text))
}

// placed says where in a file something is wrong: "lesson.txt:7: no operation".
func placed(path string, err error) error {
	if e := (*trace.LineError)(nil); errors.As(err, &e) {
		return fmt.Errorf("%s:%d: %w", path, e.Line, e.Err)
	}
	return fmt.Errorf("%s: %w", path, err)
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

// openInput opens a file, or standard input for "-".
func openInput(path string, stdin io.Reader) (in io.Reader, shut func() error, err error) {
	if path == "-" {
		return stdin, func() error { return nil }, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	if info, err := file.Stat(); err == nil && info.IsDir() {
		file.Close()
		return nil, nil, fmt.Errorf("%s is a directory", path)
	}
	return file, file.Close, nil
}

func unreadable(err error) error {
	return &failure{code: exitFile, err: err, hint: "rstwatch run -w FILE.pcapng makes a recording"}
}
