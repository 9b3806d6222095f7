package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/session"
	"github.com/rstwatch/rstwatch/scenario"
)

// stageFlags say where and how scenarios are performed.
type stageFlags struct {
	familyFlags
	iface  string
	port   uint16
	repeat int
	pace   time.Duration
	prove  bool // each run is tried by experiments
}

// familyFlags say over which protocols.
type familyFlags struct{ four, six bool }

func (f *familyFlags) add(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.BoolVarP(&f.four, "ipv4", "4", false, "over IPv4 (the default)")
	fl.BoolVarP(&f.six, "ipv6", "6", false, "over IPv6; with -4 over both")
}

func (f *stageFlags) add(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVarP(&f.iface, "interface", "i", "", "capture on the loopback `INTERFACE` of this name")
	f.familyFlags.add(cmd)
	fl.Var((*port)(&f.port), "port", "the `PORT` that the server listens on (default: one that is free)")
	fl.IntVar(&f.repeat, "repeat", 1, "run every scenario `N` times")
	fl.BoolVar(&f.prove, "prove", false, "prove each verdict by experiments: take its cause away, and put it alone in its place")
	fl.DurationVar(&f.pace, "pace", 0, "pause this long before each call, such as 500ms: slow motion")
}

// args are the flags that make another process's stageFlags these, but for what
// is to be performed: the families and how often.
func (f *stageFlags) args() []string {
	return []string{"--interface=" + f.iface, "--port=" + strconv.Itoa(int(f.port)), "--pace=" + f.pace.String(), "--prove=" + strconv.FormatBool(f.prove)}
}

// check refuses what can not work.
func (f *stageFlags) check() error {
	switch {
	case f.repeat < 1:
		return misused("--repeat takes a number from 1, not %d", f.repeat)
	case f.pace < 0:
		return misused("--pace takes a pause, not %v", f.pace)
	}
	return nil
}

// misused is the failure for flags and arguments of run that can not work.
func misused(format string, a ...any) error {
	return &failure{code: exitUsage, err: fmt.Errorf(format, a...), hint: "rstwatch run --help"}
}

// families returns what -4 and -6 ask for.
func (f *familyFlags) families() []scenario.Family {
	switch {
	case f.four && f.six:
		return []scenario.Family{scenario.IPv4, scenario.IPv6}
	case f.six:
		return []scenario.Family{scenario.IPv6}
	}
	return []scenario.Family{scenario.IPv4}
}

// performance is one scenario to be performed once.
type performance struct {
	*scenario.Scenario
	family scenario.Family
}

func (p performance) String() string { return fmt.Sprintf("%s over %s", p.Name, p.family) }

// performances lists what the flags ask for, in the order in which it is
// reported.
func (f *stageFlags) performances(scenarios []*scenario.Scenario) []performance {
	var all []performance
	for range f.repeat {
		for _, sc := range scenarios {
			for _, family := range f.families() {
				all = append(all, performance{sc, family})
			}
		}
	}
	return all
}

// perform makes performances one after the other and hands each run to take. It
// stops at the first trouble.
func (f *stageFlags) perform(ctx context.Context, s *session.Session, all []performance, line *progress, take func(*analysis.Run) error) error {
	for _, p := range all {
		line.begin(p.Name)
		run, err := s.Perform(ctx, p.Scenario, session.Stage{Family: p.family, Pace: f.pace})
		if err == nil {
			err = f.try(ctx, s, p, run)
		}
		line.end(p.Name)
		if takeErr := take(run); takeErr != nil {
			return takeErr
		}
		if err != nil {
			return err
		}
	}
	return nil
}
