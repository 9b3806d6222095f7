package session

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
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

// pair is two addresses, in the order of netip.
type pair struct{ low, high netip.AddrPort }

func pairOf(a, b netip.AddrPort) pair {
	if b.Compare(a) < 0 {
		a, b = b, a
	}
	return pair{a, b}
}

// group is what was said about two addresses; conn counts where only one is
// known.
type group struct {
	pair
	conn int
}

// apart takes evidence apart, by the addresses that spoke. To each belong the
// calls on listeners of its ports. What was done with listeners alone is no
// evidence of anything.
func apart(events []scenario.Event, segments []capture.Segment) []analysis.Evidence {
	events = slices.Clone(events)
	complete(events, segments)
	places := make(map[group]int)
	var list []analysis.Evidence
	var ears []scenario.Event
	heard := make(map[int]bool)
	for _, ev := range events {
		if ev.Op == scenario.OpListen || heard[ev.Conn] {
			heard[ev.Conn] = true
			ears = append(ears, ev)
			continue
		}
		if !ev.Remote.IsValid() {
			continue // an accept that nothing came of
		}
		g := group{pair: pairOf(ev.Local, ev.Remote)}
		if !ev.Local.IsValid() {
			g.conn = ev.Conn
		}
		at, known := places[g]
		if !known {
			at = len(list)
			places[g] = at
			list = append(list, analysis.Evidence{})
		}
		list[at].Events = append(list[at].Events, ev)
	}
	for _, seg := range segments {
		if at, ok := places[group{pair: pairOf(seg.Src, seg.Dst)}]; ok {
			seg.ID = len(list[at].Segments) + 1
			list[at].Segments = append(list[at].Segments, seg)
		}
	}
	for i := range list {
		list[i].Events = withListeners(&list[i], ears)
	}
	return list
}

// withListeners returns the calls of e and those on listeners of its ports, but
// for what came after all else, numbered anew.
func withListeners(e *analysis.Evidence, ears []scenario.Event) []scenario.Event {
	events, last := e.Events, time.Time{}
	for i := range events {
		for _, at := range []time.Time{events[i].Start, events[i].End} {
			if at.After(last) {
				last = at
			}
		}
	}
	if n := len(e.Segments); n > 0 && e.Segments[n-1].Time.After(last) {
		last = e.Segments[n-1].Time
	}
	port := func(n uint16) bool {
		return slices.ContainsFunc(events, func(ev scenario.Event) bool { return ev.Local.Port() == n || ev.Remote.Port() == n })
	}
	all := slices.Clone(events)
	for _, ev := range ears {
		if port(ev.Local.Port()) && !ev.Start.After(last) {
			all = append(all, ev)
		}
	}
	slices.SortStableFunc(all, func(a, b scenario.Event) int { return a.Start.Compare(b.Start) })
	for i := range all {
		all[i].ID = i + 1
	}
	return all
}

// complete gives a dial, of which only the destination is known, and perhaps the
// port that it came from, the source of the one SYN that was sent there meanwhile
// and that no other dial has sent.
func complete(events []scenario.Event, segments []capture.Segment) {
	taken := make(map[pair]bool)
	for _, ev := range events {
		if ev.Local.IsValid() && !ev.Local.Addr().IsUnspecified() && ev.Remote.IsValid() {
			taken[pairOf(ev.Local, ev.Remote)] = true
		}
	}
	for i := range events {
		ev := &events[i]
		if ev.Op != scenario.OpDial || ev.Local.IsValid() && !ev.Local.Addr().IsUnspecified() {
			continue
		}
		port := ev.Local.Port()
		ev.Local = netip.AddrPort{}
		sources := make(map[netip.AddrPort]bool)
		for _, seg := range segments {
			if seg.Dst == ev.Remote && (port == 0 || seg.Src.Port() == port) && seg.Flags&(capture.SYN|capture.ACK) == capture.SYN && !seg.Time.Before(ev.Start) &&
				(ev.End.IsZero() || !seg.Time.After(ev.End)) && !taken[pairOf(seg.Src, seg.Dst)] {
				sources[seg.Src] = true
			}
		}
		if len(sources) != 1 {
			continue
		}
		for from := range sources {
			ev.Local = from
			taken[pairOf(from, ev.Remote)] = true
		}
	}
}
