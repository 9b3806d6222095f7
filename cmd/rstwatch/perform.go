package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/session"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/sandbox"
)

// toldFD is the descriptor on which a performing process tells of its runs.
const toldFD = 3

// newPerform makes the command that run gives a process in a private namespace.
func newPerform(stories []*scenario.Scenario) *cobra.Command {
	f := &runFlags{chooser: chooser{stories: stories}}
	cmd := &cobra.Command{
		Use:    "perform SCENARIO...",
		Short:  "Perform scenarios for rstwatch run, in a private namespace",
		Hidden: true,
		Args:   cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !sandbox.Inside() {
				return misused("perform is for rstwatch run, which starts it in a private namespace")
			}
			to := os.NewFile(toldFD, "told")
			defer to.Close()
			return f.performFor(cmd.Context(), args, to)
		},
	}
	f.stageFlags.add(cmd)
	return cmd
}

// performFor performs the scenarios and tells of each run.
func (f *runFlags) performFor(ctx context.Context, args []string, to io.Writer) error {
	p, err := f.pick(args)
	if err != nil {
		return err
	}
	if err := sandbox.Up(); err != nil {
		return openFailure(ctx, err)
	}
	kernel, deaf := borrowedKernel()
	s, err := session.Open(ctx, session.Options{Interface: f.iface, Families: f.families(), Port: f.port, Kernel: kernel, Deaf: deaf})
	if err != nil {
		return openFailure(ctx, err)
	}
	defer s.Close()
	if err := tell(to, nil); err != nil {
		return err
	}
	all, told := f.performances(p.scenarios), 0
	err = f.perform(ctx, s, all, nil, func(r *analysis.Run) error {
		told++
		return tell(to, r)
	})
	switch {
	case ctx.Err() != nil:
		return &failure{code: exitInterrupted, err: errors.New("interrupted")}
	case err != nil:
		return broken(fmt.Errorf("%v: %w", all[told-1], err))
	}
	return nil
}
