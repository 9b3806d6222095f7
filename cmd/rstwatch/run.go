package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/rstwatch/rstwatch/analysis/session"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// runFlags are the flags of rstwatch run.
type runFlags struct {
	*outputFlags
	sandbox   *choice
	iface     string
	four, six bool
	port      uint16
	repeat    int
	pace      time.Duration
}

func newRun(stdout, stderr io.Writer) *cobra.Command {
	f := &runFlags{outputFlags: newOutputFlags(), sandbox: newChoice("auto", "auto", "always", "never")}
	cmd := &cobra.Command{
		Use:   "run [SCENARIO...]",
		Short: "Run scenarios under capture and explain each error",
		Long: `Run scenarios under capture and explain each error.

Without a name: the ladder of reset-on-read, then the six classics, one line
each. rstwatch list has all the names.
With names: each one's ladder and verdicts in full.

As root it captures on the host's loopback interface and then gives root up to
the user who called sudo. As an ordinary user, on Linux, it does the same in a
private network namespace.`,
		Example: `  rstwatch run
  rstwatch run reset-on-write broken-pipe
  rstwatch run -6 half-close --pace 500ms
  rstwatch run reset-on-read --repeat 200 --format json -o runs.json
  sudo rstwatch run -w resets.pcapng`,
		ValidArgs: scenarioNames(),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.Context(), args, stdout, stderr)
		},
	}
	f.outputFlags.add(cmd)
	f.sandbox.add(cmd, "sandbox", "use a private network namespace: auto, always or never")
	fl := cmd.Flags()
	fl.StringVarP(&f.iface, "interface", "i", "", "capture on the loopback `INTERFACE` of this name")
	fl.BoolVarP(&f.four, "ipv4", "4", false, "over IPv4 (the default)")
	fl.BoolVarP(&f.six, "ipv6", "6", false, "over IPv6; with -4 over both")
	fl.Uint16Var(&f.port, "port", 0, "the `PORT` that the server listens on (default: one that is free)")
	fl.IntVar(&f.repeat, "repeat", 1, "run every scenario `N` times")
	fl.DurationVar(&f.pace, "pace", 0, "pause this long before each call, such as 500ms: slow motion")
	return cmd
}

func scenarioNames() []string {
	var names []string
	for _, sc := range catalog.All() {
		names = append(names, sc.Name)
	}
	return names
}

// run is the whole of rstwatch run.
func (f *runFlags) run(ctx context.Context, names []string, stdout, stderr io.Writer) error {
	scenarios, err := f.check(names)
	if err != nil {
		return err
	}
	s, err := f.open(ctx, scenarios)
	if f.needsSandbox(err) {
		return f.enterSandbox()
	}
	if err != nil {
		return openFailure(ctx, err)
	}
	defer s.Close()
	if err := giveUpRoot(stderr, f.quiet); err != nil {
		return err
	}
	out, err := f.outputs(stdout, len(names) == 0)
	if err != nil {
		return err
	}
	defer out.abort()
	trouble := f.perform(ctx, s, scenarios, out)
	if err := out.finish(); err != nil {
		return err
	}
	return verdict(ctx, out, trouble)
}

// perform runs every scenario as often as asked for, and stops at the first
// trouble.
func (f *runFlags) perform(ctx context.Context, s *session.Session, scenarios []*scenario.Scenario, out *outputs) error {
	for range f.repeat {
		for _, sc := range scenarios {
			for _, family := range f.families() {
				run, err := s.Perform(ctx, sc, session.Stage{Family: family, Pace: f.pace})
				if addErr := out.add(run); addErr != nil {
					return addErr
				}
				if err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// check refuses what can not work before anything is opened.
func (f *runFlags) check(names []string) ([]*scenario.Scenario, error) {
	usage := func(format string, a ...any) error {
		return &failure{code: exitUsage, err: fmt.Errorf(format, a...), hint: "rstwatch run --help"}
	}
	switch {
	case f.repeat < 1:
		return nil, usage("--repeat takes a number from 1, not %d", f.repeat)
	case f.pace < 0:
		return nil, usage("--pace takes a pause, not %v", f.pace)
	}
	if err := f.outputFlags.check("rstwatch run --help"); err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return catalog.Classics(), nil
	}
	var scenarios []*scenario.Scenario
	for _, name := range names {
		sc, ok := catalog.Find(name)
		if !ok {
			return nil, unknown("scenario", name, scenarioNames(), "rstwatch list")
		}
		scenarios = append(scenarios, sc)
	}
	return scenarios, nil
}

// families returns what -4 and -6 ask for.
func (f *runFlags) families() []scenario.Family {
	switch {
	case f.four && f.six:
		return []scenario.Family{scenario.IPv4, scenario.IPv6}
	case f.six:
		return []scenario.Family{scenario.IPv6}
	}
	return []scenario.Family{scenario.IPv4}
}

// verdict turns what happened into the program's end.
func verdict(ctx context.Context, out *outputs, trouble error) error {
	var f *failure
	switch {
	case ctx.Err() != nil:
		return &failure{code: exitInterrupted, err: errors.New("interrupted: what was recorded until then is complete")}
	case errors.As(trouble, &f):
		return f
	case errors.Is(trouble, syscall.EACCES): // root, which might listen on any port, has been given up
		return openFailure(ctx, trouble)
	case trouble != nil:
		return &failure{code: exitInconclusive, err: trouble, hint: "rstwatch doctor"}
	}
	return out.verdict()
}
