package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/live"
	"github.com/rstwatch/rstwatch/scenario"
)

// Watcher captures the connections of a program that chooses its ports itself,
// and tells of them while it goes on. Each port has a capture of its own, so that
// what others do, in this program too, is neither kept nor counted. Its methods
// are safe for concurrent use.
type Watcher struct {
	mu      sync.Mutex // held while a capture is opened: who needs it waits until it is ready
	watched []watched  // in the order in which they were opened
}

// watched is the capture of one port; of port 0 nothing but its fence.
type watched struct {
	*Session
	port uint16
	from time.Time
}

// NewWatcher returns a Watcher that captures nothing as yet.
func NewWatcher() *Watcher { return &Watcher{} }

// Add captures what comes from a port and goes to it, from when it returns on; port
// 0 is none, and tells whether capturing is possible. It blocks until the capture is
// proven ready, some 10 ms, or ctx ends. A port that is captured already is no
// error. Errors are those of [scenario.Reserve] and [live.Open].
func (w *Watcher) Add(ctx context.Context, port uint16) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.captures(port) {
		return nil
	}
	s, err := openOn(ctx, port)
	if err != nil {
		return err
	}
	w.watched = append(w.watched, watched{s, port, time.Now()})
	return nil
}

func (w *Watcher) captures(port uint16) bool {
	return slices.ContainsFunc(w.watched, func(p watched) bool { return p.port == port || port == 0 })
}

// portBuffer is what the kernel keeps for the reader of one port, in octets, room for
// some thousand segments: a program may have many ports.
const portBuffer = 2 << 20

// openOn opens a session on a port that somebody else has, or is about to have.
func openOn(ctx context.Context, port uint16) (*Session, error) {
	family := scenario.IPv4
	ports, err := scenario.Reserve([]scenario.Family{family}, 1, 0)
	if err != nil { // a machine may have one family only
		family = scenario.IPv6
		var err6 error
		if ports, err6 = scenario.Reserve([]scenario.Family{family}, 1, 0); err6 != nil {
			return nil, errors.Join(err, err6)
		}
	}
	numbers := ports.Numbers()
	s := &Session{ports: ports, platform: platform(), fence: fence{family: family, port: numbers[0]}}
	if port != 0 {
		numbers = append(numbers, port)
	}
	if s.handle, err = live.Open(live.Options{Ports: numbers, Buffer: portBuffer}); err != nil {
		return nil, errors.Join(err, ports.Close())
	}
	s.tap = newTap(s.handle)
	if err := s.ready(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Explain says what became, until now, of the connections that rec has recorded:
// a run called name for each two addresses that spoke, in the order in which they
// were first spoken of. A call that has not returned is one that waits. It blocks
// until all that was sent has been captured, for [Patience] at most where an
// interface has gone away, and may be called again and again. Runs are returned
// also where there is an error.
func (w *Watcher) Explain(name string, rec *scenario.Recorder) ([]*analysis.Run, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.watched) == 0 {
		return nil, nil
	}
	at := time.Now().Round(0)
	events := asOf(rec.Events(), at)
	segments, losses, err := w.asOf(at)
	var runs []*analysis.Run
	for _, e := range apart(events, segments) {
		e.Losses = losses
		run := w.watched[0].explained(name, e)
		run.Number = len(runs) + 1
		switch {
		case err != nil:
			run.Trouble = err.Error()
		case passedBy(&e):
			run.Trouble = "none of its segments was captured: they did not pass through " + run.Capture.Interface
		}
		runs = append(runs, run)
	}
	return runs, err
}

// passedBy reports whether a connection was made of which no segment was captured, as
// one to another host.
func passedBy(e *analysis.Evidence) bool {
	return len(e.Segments) == 0 && slices.ContainsFunc(e.Events, func(ev scenario.Event) bool {
		return ev.Op != scenario.OpListen && ev.Fault == "" && ev.Local.IsValid() && ev.Remote.IsValid()
	})
}

// asOf returns the calls as they were at a moment: those that had begun, and what
// had returned of them. An accept that nothing came of is left out: it waits, or
// was ended by closing the listener, and belongs to no connection.
func asOf(events []scenario.Event, at time.Time) []scenario.Event {
	for i := range events {
		if ev := &events[i]; ev.End.After(at) {
			ev.End, ev.N, ev.Fault, ev.Err, ev.State, ev.StateAt = time.Time{}, 0, "", "", "", time.Time{}
		}
	}
	return slices.DeleteFunc(events, func(ev scenario.Event) bool {
		idle := ev.Op == scenario.OpAccept && !ev.Remote.IsValid() && (ev.End.IsZero() || ev.Fault == scenario.Closed)
		return idle || ev.Start.After(at)
	})
}

// asOf returns the segments of all captures that had left at a moment, in order of
// time, and what was lost of them.
func (w *Watcher) asOf(at time.Time) (all []capture.Segment, losses []analysis.Loss, err error) {
	for i, p := range w.watched {
		err = errors.Join(err, p.close())
		for _, seg := range p.tap.peek() {
			if !seg.Time.After(at) && w.first(&seg) == i {
				all = append(all, seg)
			}
		}
		stats, failed := p.handle.Stats()
		if err = errors.Join(err, failed); stats.Dropped > 0 {
			losses = append(losses, analysis.Loss{From: p.from, To: at, Frames: stats.Dropped})
		}
	}
	inOrder(all)
	return all, losses, err
}

// first returns which capture, of those that have a segment, was opened first; -1
// if it is one of a fence.
func (w *Watcher) first(seg *capture.Segment) int {
	return slices.IndexFunc(w.watched, func(p watched) bool {
		return p.port != 0 && (p.port == seg.Src.Port() || p.port == seg.Dst.Port())
	})
}

// Close ends all captures, side by side: each takes the kernel some 30 ms. What
// was captured is forgotten.
func (w *Watcher) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	failed := make([]error, len(w.watched))
	var all sync.WaitGroup
	for i, p := range w.watched {
		all.Go(func() {
			if err := p.Session.Close(); err != nil {
				failed[i] = fmt.Errorf("session: port %d: %w", p.port, err)
			}
		})
	}
	all.Wait()
	w.watched = nil
	return errors.Join(failed...)
}
