package main

import (
	"context"
	"errors"
	"io"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// runFlags are the flags of rstwatch run.
type runFlags struct {
	*outputFlags
	stageFlags
	chooser
	sandbox *choice
	step    bool
	input   string // what standard input had, if a story was read from it
}

func newRun(stories []*scenario.Scenario, stdout, stderr io.Writer) *cobra.Command {
	f := &runFlags{outputFlags: newOutputFlags(), sandbox: newChoice("auto", "auto", "always", "never"), chooser: chooser{stories: stories, help: "rstwatch run --help"}}
	cmd := &cobra.Command{
		Use:   "run [SCENARIO|FILE...]",
		Short: "Run scenarios under capture and explain each error",
		Long: `Run scenarios under capture and explain each error.

Without a name: the ladder of reset-on-read, then the six classics, one line
each. rstwatch list has all the names.
With names, or patterns of names: each one's ladder and verdicts in full.
With --all: all of them, one line each. Those that wait for the kernel's timers
run side by side.
With --prove each verdict is tried by experiments in a private namespace: its
cause is taken away, and then put alone in its place.
With files, whose names end in .txt or have a slash in them, or "-": the stories
in them, line by line; what a line expects is compared with what comes.

As root it captures on the host's loopback interface and then gives root up to
the user who called sudo; on Linux it also hears the kernel's own reason for
each RST. As an ordinary user, on Linux, it does the same without that in a
private network namespace. What changes the network always runs in one.`,
		Example: `  rstwatch run
  rstwatch run reset-on-write broken-pipe
  rstwatch run 'reset-*'
  rstwatch run --all
  rstwatch run lesson.txt
  rstwatch run -6 half-close --pace 500ms
  rstwatch run reset-on-read --step
  rstwatch run broken-pipe --prove
  rstwatch run reset-on-read --repeat 200 --format json -o runs.json
  sudo rstwatch run -w resets.pcapng`,
		ValidArgs: storyNames(stories),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.Context(), args, stdout, stderr)
		},
	}
	f.outputFlags.add(cmd)
	f.sandbox.add(cmd, "sandbox", "use a private network namespace: auto, always or never")
	f.stageFlags.add(cmd)
	f.chooser.add(cmd, "run")
	f.addWorksheet(cmd)
	cmd.Flags().BoolVar(&f.step, "step", false, "hold one scenario back before each call, until a key lets it go on: a lesson")
	return cmd
}

// run is the whole of rstwatch run.
func (f *runFlags) run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	p, err := f.check(args)
	if err != nil {
		return err
	}
	if err := f.checkLesson(p, stdout); err != nil {
		return err
	}
	return f.orReplay(args, f.runPicked(ctx, p, stdout, stderr))
}

// runPicked runs what was picked, where that can be done.
func (f *runFlags) runPicked(ctx context.Context, p *picked, stdout, stderr io.Writer) error {
	if f.goesAside(p) {
		err := f.runAside(ctx, p, stdout, stderr)
		if f.prove {
			return unprovable(err)
		}
		rest, ok := f.withoutNamespaces(p, err)
		if !ok {
			return err
		}
		p = rest
	}
	return f.runHere(ctx, p, stdout, stderr)
}

// runHere runs what was picked in this process, one after the other; or leaves
// it all to one in a private namespace, where this one may not capture.
func (f *runFlags) runHere(ctx context.Context, p *picked, stdout, stderr io.Writer) error {
	s, err := f.open(ctx, p.scenarios)
	if f.needsSandbox(err) {
		return f.enterSandbox(stdout)
	}
	if err != nil {
		return openFailure(ctx, err)
	}
	defer s.Close()
	if err := giveUpRoot(stderr, f.quiet); err != nil {
		return err
	}
	out, err := f.outputsOf(p, stdout)
	if err != nil {
		return err
	}
	defer out.abort()
	all := f.performances(p.scenarios)
	if f.step {
		trouble := f.teach(ctx, s, all[0], stdout, out.add)
		if err := out.finish(); err != nil {
			return err
		}
		return verdict(ctx, out, trouble)
	}
	line := f.startProgress(stderr, len(all))
	defer line.erase()
	trouble := f.perform(ctx, s, all, line, out.add)
	line.erase()
	out.missing(all)
	if err := out.finish(); err != nil {
		return err
	}
	return verdict(ctx, out, trouble)
}

// check refuses what can not work before anything is opened, and finds what is
// to be run.
func (f *runFlags) check(args []string) (*picked, error) {
	if err := f.stageFlags.check(); err != nil {
		return nil, err
	}
	if err := f.outputFlags.check("rstwatch run --help"); err != nil {
		return nil, err
	}
	if err := f.checkProof(args); err != nil {
		return nil, err
	}
	if f.repeat > 1 && f.worksheet != "" {
		return nil, misused("--worksheet asks about every run once: leave --repeat out")
	}
	if len(args) == 0 && !f.every() {
		p := &picked{scenarios: catalog.Classics()}
		return p, f.single(len(f.performances(p.scenarios)), onePicture)
	}
	p, err := f.pick(args)
	if err != nil {
		return nil, err
	}
	p, _ = p.skip(func(sc *scenario.Scenario) string {
		if sc.Lab && f.sandbox.value == "never" {
			return noNamespace
		}
		return unknownHere(sc)
	})
	if len(p.scenarios) == 0 {
		return nil, &failure{code: exitInconclusive, err: errors.New("nothing can be run here: " + p.skipped[0].Reason), hint: "rstwatch doctor, or rstwatch replay for recordings"}
	}
	return p, f.single(len(f.performances(p.scenarios)), onePicture)
}

// outputsOf opens where the runs of what was picked go.
func (f *runFlags) outputsOf(p *picked, stdout io.Writer) (*outputs, error) {
	out, err := f.outputs(stdout, p.named == nil)
	if err != nil {
		return nil, err
	}
	out.proofs = f.prove
	out.brief = f.repeat > 1 && f.format.value == "text"
	out.all, out.skipped, out.texts = f.every(), p.skipped, p.texts
	return out, nil
}

// verdict turns what happened into the program's end.
func verdict(ctx context.Context, out *outputs, trouble error) error {
	var f *failure
	switch {
	case ctx.Err() != nil:
		return &failure{code: exitInterrupted, err: errors.New("interrupted: what was recorded until then is complete")}
	case trouble == nil:
		return out.verdict()
	case errors.As(trouble, &f):
	case errors.Is(trouble, syscall.EACCES): // root, which might listen on any port, has been given up
		return openFailure(ctx, trouble)
	case errors.Is(trouble, scenario.ErrStuck) && out.contradicted: // the report says in which line
		return quietly(exitUnexplained)
	default:
		f = broken(trouble)
	}
	if found := (*failure)(nil); errors.As(out.verdict(), &found) && found.code == exitUnexplained && f.code == exitInconclusive {
		return &failure{code: exitUnexplained, err: f.err, hint: f.hint} // the worse of the two
	}
	return f
}

// broken is the failure for what kept a run from being whole.
func broken(err error) *failure {
	return &failure{code: exitInconclusive, err: err, hint: "rstwatch doctor"}
}
