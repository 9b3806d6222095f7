package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/calls"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/kernel"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/journal"
)

// OpenAll opens a session that captures the segments of every port: for programs
// that choose their ports themselves, in a network that nobody else uses. Its
// errors are those of [Open].
func OpenAll(ctx context.Context, o Options) (*Session, error) { return openWith(ctx, o, 0, true) }

// Witnessed is what came of a program.
type Witnessed struct {
	Connections int             // how often two addresses spoke
	Runs        []*analysis.Run // one for each that was wanted, in the order in which they were first spoken of
	Missing     error           // why calls may be missing; nil if all were seen
}

// Witness lets a program happen, whose calls do returns, and explains what came
// of it: all connections, or those whose calls are wanted. What is returned holds
// also where there is an error.
func (s *Session) Witness(name string, wanted func([]scenario.Event) bool, do func() ([]scenario.Event, error)) (w Witnessed, err error) {
	var events []scenario.Event
	return s.witness(name, wanted, func() (err error) {
		events, err = do()
		return err
	}, func([]kernel.Signal) []scenario.Event { return events })
}

// HearsCalls reports whether the kernel tells this session of all socket calls in its
// network, see [Session.WitnessHeard].
func (s *Session) HearsCalls() bool {
	return s.kernel != nil && slices.Contains(s.kernel.Offer().Kinds, kernel.Return)
}

// WitnessHeard is [Session.Witness] of a program whose calls the kernel tells of; do
// returns how its processes ended. Where some of what the kernel said was lost, no
// verdict is better than inconclusive.
func (s *Session) WitnessHeard(name string, wanted func([]scenario.Event) bool, do func() ([]journal.Ending, error)) (w Witnessed, err error) {
	var endings []journal.Ending
	return s.witness(name, wanted, func() (err error) {
		endings, err = do()
		return err
	}, func(said []kernel.Signal) []scenario.Event {
		said = slices.DeleteFunc(said, func(sig kernel.Signal) bool {
			return sig.Local.Port() == s.fence.port || sig.Remote.Port() == s.fence.port
		})
		return calls.Of(said, endings)
	})
}

// witness does what both have in common: told makes the calls' events of what the
// kernel has said.
func (s *Session) witness(name string, wanted func([]scenario.Event) bool, do func() error, told func([]kernel.Signal) []scenario.Event) (w Witnessed, err error) {
	s.tap.take()
	s.forget()
	from := time.Now()
	before, err := s.handle.Stats()
	if err != nil {
		return w, err
	}
	if err := do(); err != nil {
		return w, err
	}
	err = s.close()
	segments := slices.DeleteFunc(s.tap.take(), func(seg capture.Segment) bool {
		return seg.Src.Port() == s.fence.port || seg.Dst.Port() == s.fence.port
	})
	var lost []analysis.Loss
	if after, statErr := s.handle.Stats(); err == nil {
		err = statErr
		if n := after.Dropped - before.Dropped; n > 0 {
			lost = append(lost, analysis.Loss{From: from, To: time.Now(), Frames: n})
		}
	}
	signals, hearing := s.said(from)
	events := told(slices.Clone(signals))
	if s.HearsCalls() {
		if w.Missing = missed(hearing, s.deaf); w.Missing != nil {
			lost = append(lost, analysis.Loss{From: from, To: time.Now()})
		}
		// What they say is said by the events.
		signals = slices.DeleteFunc(signals, func(sig kernel.Signal) bool { return sig.Kind == kernel.Return })
	}
	of := divide(signals)
	for _, e := range apart(events, segments) {
		w.Connections++
		if wanted != nil && !wanted(e.Events) {
			continue
		}
		e.Losses = lost
		e.Signals, e.Hearing = of(e.Segments), hearing
		run := s.explained(name, e)
		if trouble := errors.Join(err, w.Missing); trouble != nil {
			run.Trouble = trouble.Error()
		}
		w.Runs = append(w.Runs, run)
	}
	return w, err
}

// missed says what of the calls is missing; nil if nothing is.
func missed(h analysis.Hearing, deaf error) error {
	switch {
	case deaf != nil:
		return fmt.Errorf("the kernel was not heard to the end, calls are missing: %w", deaf)
	case h.Lost > 0:
		return fmt.Errorf("%d of the kernel's signals were lost, calls may be missing", h.Lost)
	}
	return nil
}

// explained is the run that e is evidence of.
func (s *Session) explained(name string, e analysis.Evidence) *analysis.Run {
	s.runs++
	run := s.run(&scenario.Scenario{Name: name, Summary: dialled(e)}, Stage{Family: familyOf(e.Events)})
	e.Model = run.Evidence.Model
	run.Evidence, run.Explanation = e, analysis.Explain(e)
	run.Capture.Stats.Delivered = uint64(len(e.Segments))
	for _, l := range e.Losses {
		run.Capture.Stats.Dropped += l.Frames
	}
	return run
}

func familyOf(events []scenario.Event) scenario.Family {
	for _, ev := range events {
		if ev.Remote.IsValid() && ev.Remote.Addr().Is6() {
			return scenario.IPv6
		}
	}
	return scenario.IPv4
}
