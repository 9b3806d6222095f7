package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/postmortem"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/analysis/trace"
	"github.com/rstwatch/rstwatch/capture/file"
)

// analyzeFlags are the flags of rstwatch analyze.
type analyzeFlags struct {
	*outputFlags
	surveyFlags
	model  *choice
	redact bool
	run    int // of a recording, 0 for all
}

func newAnalyze(stdin io.Reader, stdout, stderr io.Writer) *cobra.Command {
	f := &analyzeFlags{outputFlags: newOutputFlags(), model: newChoice("", "linux", "darwin")}
	f.format = newChoice("text", "text", "json", "jsonl", "csv", "html", "trace", "markdown", "mermaid", "svg")
	cmd := &cobra.Command{
		Use:   "analyze FILE...",
		Short: "Say how each connection of a capture ended, or explain the calls in a recording",
		Long: `Of a capture say for each TCP connection how it ended, who ended it, and why a
RST was sent as far as the wire tells. Several files are read as one, packet by
packet in the order of their stamps. "-" is standard input.

Of a recording explain the calls: a pcapng file of rstwatch run -w, or of anyone
who puts calls beside segments in the same way (analysis/recording/doc.go lists
the fields); or the text that --format trace prints, which begins with a
printable line.

Captures may be compressed with gzip or zstd.

Of each side of a connection it says what the next read and write of its program
return, by the rules of Linux, or with --model of another system; --fault lists
those in which such a call returns an error. Of a recording --model says what
its calls would have returned on the other system.

--error takes a line of a log, as Go, Python, Java, Node or nginx write it, and
finds the connection that it speaks of, by its ends, by the time, which --at may
say, and by how the connection ended. It says how sure that is, and why; where a
NAT or a proxy hides an end, which others it can be. If there is none, the exit
code is 1. The diagnosis of the best follows, as --conn prints it, unless
several fit as well.

With --conn it diagnoses one connection, with its ladder: what happened, which
RST was believed, what is left to separate and by which measurement, whether a
retry is safe.

With -w the connections that are listed are written to a capture of their own,
with comments on the segments that decided. --redact leaves out there what they
carried and who they were: payload becomes zeros, addresses and names others,
and the verdicts stay, but for whether a retry is safe where a request's method
said so. Stamps, ports and sequence numbers are kept.`,
		Example: `  rstwatch analyze prod.pcap
  rstwatch analyze --resets --format csv prod-*.pcap
  rstwatch analyze --conn 3 prod.pcap
  rstwatch analyze --fault ECONNRESET,EPIPE prod.pcap
  rstwatch analyze --filter 'host 10.0.3.7 and port 443' prod.pcap
  rstwatch analyze prod.pcap --error 'read tcp 10.0.3.7:51234->10.0.9.2:443: read: connection reset by peer'
  rstwatch analyze --resets -w resets.pcapng --redact prod.pcap
  tcpdump -w - -i eth0 -c 10000 tcp | rstwatch analyze --summary -
  rstwatch run -w resets.pcapng && rstwatch analyze resets.pcapng
  rstwatch analyze --model darwin resets.pcapng
  rstwatch analyze --format json - < resets.pcapng
  rstwatch analyze --format trace resets.pcapng`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return nil
			}
			return wrongUse(errors.New("analyze takes a file or more"))
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			// An empty one is a variable of a shell that was not set: not the same as none.
			for _, name := range []string{"error", "at", "conn", "fault"} {
				if fl := cmd.Flags().Lookup(name); fl.Changed && strings.Trim(fl.Value.String(), "[]") == "" {
					return wrongUse(fmt.Errorf("--%s is empty", name))
				}
			}
			return f.analyze(cmd.Context(), args, stdin, stdout, stderr)
		},
	}
	f.add(cmd)
	cmd.Flags().Lookup("format").Usage = "text, json, jsonl or csv (a line for each connection), trace; of a recording or with --conn also html, markdown, mermaid or svg"
	cmd.Flags().BoolVar(&f.summary, "summary", false, "of a capture print the summary only")
	cmd.Flags().BoolVar(&f.resets, "resets", false, "of a capture list only the connections with a RST")
	cmd.Flags().StringVar(&f.filter, "filter", "", "of a capture tell only of connections of which a packet matches `EXPR`, as tcpdump understands it")
	cmd.Flags().IntVar(&f.most, "max-connections", survey.DefaultConnections,
		"follow `N` connections at a time; beyond that the longest idle are closed out")
	cmd.Flags().StringSliceVar(&f.faults, "fault", nil,
		"of a capture list only the connections in which a next call may return this `ERROR`, such as ECONNRESET")
	f.addLine(cmd)
	cmd.Flags().StringSliceVar(&f.conns, "conn", nil,
		"of a capture diagnose the connection of this `NUMBER` (Wireshark's tcp.stream), or several: 3,7")
	cmd.Flags().IntVar(&f.run, "run", 0, "of a recording explain only the run of this `NUMBER`, from 1")
	f.addExcerpt(cmd)
	f.model.add(cmd, "model", "as this system would have behaved: linux or darwin (default: as it was recorded, or linux)")
	return cmd
}

func (f *analyzeFlags) analyze(ctx context.Context, paths []string, stdin io.Reader, stdout, stderr io.Writer) error {
	if err := f.check("rstwatch analyze --help"); err != nil {
		return err
	}
	if err := f.contradiction(f.format.value); err != nil {
		return err
	}
	if err := f.excerptable(paths, stdin); err != nil {
		return err
	}
	// Whoever interrupts twice does not want to see what there is.
	defer context.AfterFunc(ctx, func() { signal.Reset(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP) })()
	c, err := postmortem.Open(ctx, paths, stdin)
	if err != nil {
		return unreadable(err)
	}
	defer c.Close()
	if err := giveUpRoot(io.Discard, true); err != nil {
		return err
	}
	switch {
	case len(paths) > 1 && f.explains():
		return wrongUse(errors.New("one recording at a time can be explained"))
	case len(paths) == 1 && (f.explains() || isText(ctx, c)):
		return f.explain(ctx, c, stdout)
	}
	err = f.survey(ctx, c, stdout, stderr)
	if errors.Is(err, postmortem.ErrCalls) && len(paths) == 1 {
		return f.explain(ctx, c, stdout)
	}
	return err
}

// isText reports whether the file is a text, in two steps: a pipe of a capture
// under way shall not have to fill more than the first.
func isText(ctx context.Context, c *postmortem.Captures) bool {
	for _, n := range []int{8, 4096} {
		head, err := c.Head(ctx, n)
		if err != nil || len(head) == 0 || !trace.IsText(head) {
			return false
		}
	}
	return true
}

func wrongUse(err error) error {
	return &failure{code: exitUsage, err: err, hint: "rstwatch analyze --help"}
}

// explains reports whether what is asked for is a matter of calls.
func (f *analyzeFlags) explains() bool {
	return f.format.value == "trace"
}

// reading is how the captures are read, both times.
func (f *analyzeFlags) reading() postmortem.Options {
	model, _ := analysis.ModelFor(f.model.value)
	return postmortem.Options{MaxConnections: f.most, Again: f.write != "" || len(f.conns) > 0 || f.text != "", Model: model}
}

// placed says where in a file something is wrong: "lesson.txt:7: no operation".
func placed(path string, err error) error {
	if e := (*trace.LineError)(nil); errors.As(err, &e) {
		return fmt.Errorf("%s:%d: %w", path, e.Line, e.Err)
	}
	return fmt.Errorf("%s: %w", path, err)
}

func unreadable(err error) error {
	f := &failure{code: exitFile, err: err, hint: "a pcap or pcapng file, as tcpdump -w writes"}
	broken := new(file.FormatError)
	errors.As(err, &broken)
	switch {
	case errors.Is(err, context.Canceled):
		return &failure{code: exitInterrupted, err: errors.New("interrupted: what was read until then is told")}
	case errors.Is(err, io.ErrUnexpectedEOF) && broken.Offset > 0:
		f.hint = "what came before is told; once its writer has ended, the file may be whole"
	case errors.Is(err, postmortem.ErrStdinTwice):
		return &failure{code: exitUsage, err: err, hint: "rstwatch analyze --help"}
	case errors.Is(err, syscall.ENOSPC):
		f.hint = "a TMPDIR with room for all that the pipe brings, or a file instead of the pipe"
	case errors.Is(err, fs.ErrPermission):
		f.hint = "sudo rstwatch analyze: root is given up once the files are open"
	}
	return f
}
