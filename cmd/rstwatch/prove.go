package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/experiment"
	"github.com/rstwatch/rstwatch/analysis/session"
	"github.com/rstwatch/rstwatch/scenario/sandbox"
)

// checkProof refuses what experiments can not be made of.
func (f *runFlags) checkProof(args []string) error {
	switch {
	case !f.prove:
		return nil
	case f.sandbox.value == "never" && !sandbox.Inside():
		return misused("--prove changes the network, which is done in a private namespace alone: leave --sandbox never out")
	case f.step:
		return misused("--prove performs a scenario many times, and --step once: leave one of them out")
	case slices.Contains(args, "-"):
		return misused("--prove performs a story many times: give it in a file, not on standard input")
	}
	return nil
}

// try tries the verdicts of a run.
func (f *stageFlags) try(ctx context.Context, s *session.Session, p performance, r *analysis.Run) error {
	if !f.prove {
		return nil
	}
	bench := &experiment.Bench{Session: s, Scenario: p.Scenario, Family: p.family}
	return bench.Prove(ctx, r)
}

// unprovable says what experiments would take, where private namespaces can not
// be had.
func unprovable(err error) error {
	var no *failure
	if !errors.As(err, &no) || no.code != exitNoRight || no.err == nil {
		return err
	}
	return &failure{code: no.code, err: fmt.Errorf("--prove takes segments off the wire, which takes Linux and a private network namespace: %w", no.err),
		hint: "rstwatch doctor for what this machine allows, or leave --prove out"}
}
