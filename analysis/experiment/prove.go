package experiment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/proof"
	"github.com/rstwatch/rstwatch/analysis/session"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
	"github.com/rstwatch/rstwatch/scenario/sandbox"
)

// Bench is where experiments are made: a session in a private network, and the
// story.
type Bench struct {
	Session  *session.Session
	Scenario *scenario.Scenario
	Family   scenario.Family
	Hasty    bool // what refutes at once need not do so again, with more time
}

// patience is the factor by which bounds are stretched: what seems to refute is
// tried again with more time before it counts.
const patience = 6

// Prove tries every verdict of a run of the story and gives each its proof; a
// verdict that an experiment refutes becomes unexplained. It blocks for as long
// as the experiments take. The error says that ctx has ended, or what kept a
// performance from being one; the run then has no proofs.
func (b *Bench) Prove(ctx context.Context, r *analysis.Run) error {
	proofs, err := b.Try(ctx, r, r.Verdicts)
	if err == nil {
		r.Prove(proofs)
	}
	return err
}

// Try tries verdicts about a run of the story, its own or others, and returns a
// proof for each, in order. It changes nothing in them.
func (b *Bench) Try(ctx context.Context, r *analysis.Run, verdicts []analysis.Verdict) ([]*analysis.Proof, error) {
	if !sandbox.Inside() {
		return nil, fmt.Errorf("experiment: %w", lab.ErrNotInside)
	}
	trials := proof.Plan(r, verdicts)
	for _, next := range []func() []proof.Action{trials.Links, trials.Contrast, trials.Others} {
		if err := b.tryAll(ctx, r, trials, next(), 1); err != nil {
			return nil, err
		}
	}
	if b.Hasty {
		return trials.Judge(), nil
	}
	// What a stall of the machine has refuted is not refuted.
	for _, next := range []func() []proof.Action{trials.Unsettled, trials.Contrast, trials.Untried} {
		if err := b.tryAll(ctx, r, trials, next(), patience); err != nil {
			return nil, err
		}
	}
	return trials.Judge(), nil
}

func (b *Bench) tryAll(ctx context.Context, r *analysis.Run, trials *proof.Trials, list []proof.Action, stretch int) error {
	for _, a := range list {
		if !trials.Needed(a) {
			continue
		}
		result, err := b.perform(ctx, r, a, trials.Finals(a), stretch)
		if err != nil {
			return err
		}
		trials.Add(a, result)
	}
	return nil
}

// perform makes one experiment.
func (b *Bench) perform(ctx context.Context, original *analysis.Run, a proof.Action, finals []proof.CallKey, stretch int) (*proof.Result, error) {
	inner, cancel := context.WithCancel(ctx)
	t := newTrial(inner, b.Session, original, a, finals, stretch)
	run, err := b.Session.Perform(ctx, b.Scenario, session.Stage{Family: b.Family, Trial: t.hooks(), Recorder: t.rec})
	cancel()
	failed := t.finish()
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case failed != nil:
		return nil, failed
	}
	t.result.Trouble = t.trouble(run, err)
	t.explain(run)
	t.result.Run = run
	t.result.Calls = t.counter.Calls(run.Evidence.Events)
	t.weigh()
	return &t.result, nil
}

// trouble tells why a performance, and the error that it came with, show nothing;
// "" if they do. That something is absent from a capture with holes, or without
// an end, is no result.
func (t *trial) trouble(run *analysis.Run, err error) string {
	switch lost := run.Capture.Stats.Dropped; {
	case errors.Is(err, session.ErrUnfenced):
		return err.Error()
	case lost > 0:
		return fmt.Sprintf("the capture lost %d frames of that trial", lost)
	case err != nil && !errors.Is(err, context.DeadlineExceeded) && !t.ended():
		return err.Error()
	}
	return ""
}

// ended reports whether the story, of which a call may have been taken away,
// went as far as anybody asks: that it could not go on is then a result.
func (t *trial) ended() bool { return !t.result.Over.IsZero() }

// least and most are how much longer than in the original a call may take at
// least, and at most.
const (
	least = scenario.DefaultBound
	most  = time.Second
)

// bound is how long a call may take that took so long in the original.
func bound(took time.Duration, stretch int) time.Duration {
	return took + min(max(20*took, least), most)*time.Duration(stretch)
}
