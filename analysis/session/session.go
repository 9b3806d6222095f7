package session

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/kernel/probe"
	"github.com/rstwatch/rstwatch/capture/live"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/sandbox"
)

// Options say how a session is held.
type Options struct {
	Interface string            // "" for the loopback interface
	Families  []scenario.Family // that its scenarios will use; at least one
	Port      uint16            // the first listener's port; 0 for any that is free
	Ports     int               // how many ports a story may listen on; 0 for 2

	// Kernel hears the kernel for the session, which closes it; nil for a probe of
	// the session's own, where this process may have one.
	Kernel *probe.Probe
	// Deaf is why there is none, if that is known: it is told if the session may
	// not have one either.
	Deaf error
}

// Session holds a capture open over any number of runs.
type Session struct {
	handle   *live.Handle
	tap      *tap
	kernel   *probe.Probe // nil where the kernel does not tell
	deaf     error        // why it does not
	ports    *scenario.Ports
	fence    fence
	platform analysis.Platform
	runs     int
	free     int // ports for a story
}

// storyPorts is how many ports a story of the catalogue may listen on.
const storyPorts = 2

// Patience is how long a probe, or one attempt of a fence, may take to be captured.
const Patience = 5 * time.Second

// Open reserves ports, opens the capture on them and proves it ready. The
// right to capture is not needed any more once it has returned. Errors are
// those of [scenario.Reserve] and [live.Open].
func Open(ctx context.Context, o Options) (*Session, error) {
	return openFor(ctx, o, cmp.Or(o.Ports, storyPorts))
}

// openFor opens a session whose stories may listen on n ports.
func openFor(ctx context.Context, o Options, n int) (*Session, error) {
	return openWith(ctx, o, n, false)
}

// openWith is openFor; all says that the segments of every port are captured, in
// batches: nothing that happens waits for them.
func openWith(ctx context.Context, o Options, n int, all bool) (*Session, error) {
	ports, err := scenario.Reserve(o.Families, n+1, o.Port)
	if err != nil {
		if o.Kernel != nil {
			err = errors.Join(err, o.Kernel.Close())
		}
		return nil, err
	}
	numbers := ports.Numbers()
	h, err := live.Open(live.Options{Interface: o.Interface, Ports: numbers, AllPorts: all, Batched: all})
	if err != nil {
		ports.Close()
		if o.Kernel != nil {
			err = errors.Join(err, o.Kernel.Close())
		}
		return nil, err
	}
	s := &Session{handle: h, tap: newTap(h), ports: ports, platform: platform(), free: n,
		fence: fence{family: o.Families[0], port: numbers[n]}}
	heard := s.listen(o, numbers[:n])
	err = s.ready(ctx)
	if heard(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// ready sends probes until one has been captured.
func (s *Session) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	for {
		err := s.fence.probe(ctx, s.tap, Patience/10)
		if err == nil {
			s.tap.take()
			return nil
		}
		if ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("session: the capture on %s is not ready: %w", s.handle.Interface(), err)
		}
	}
}

// Close ends the capture and gives the ports back.
func (s *Session) Close() error {
	err := s.handle.Close()
	<-s.tap.ended
	if s.kernel != nil {
		err = errors.Join(err, s.kernel.Close())
	}
	return errors.Join(err, s.ports.Close())
}

// Stage says how one scenario is performed.
type Stage struct {
	Family scenario.Family
	Pace   time.Duration // a real pause before each call

	// Gate holds each call back until it returns, see [scenario.StageOptions].
	Gate func(ctx context.Context, next scenario.Event)
	// Watch is given, before the first call, what tells of the performance while it
	// lasts, and must be closed. May be nil.
	Watch func(*Live)

	// Trial changes how the story is performed, see [scenario.Trial], and Recorder
	// records its calls for who looks into them meanwhile. May be nil.
	Trial    *scenario.Trial
	Recorder *scenario.Recorder
}

// Seen returns the segments of the performance that have been captured until
// now, those of strangers included.
func (s *Session) Seen() []capture.Segment { return s.tap.peek() }

// Await blocks until a segment of the performance has been captured that fits,
// or ctx ends, whose cause it then returns. That it was captured does not say
// that it has arrived.
func (s *Session) Await(ctx context.Context, fits func(*capture.Segment) bool) error {
	return s.tap.await(ctx, fits)
}

// Perform lets a scenario happen and explains it. It always returns a run; the
// error says what kept the run from being whole, such as the context's end or
// an interface that went away.
func (s *Session) Perform(ctx context.Context, sc *scenario.Scenario, o Stage) (*analysis.Run, error) {
	s.runs++
	s.tap.take()
	s.forget()
	from := time.Now()
	before, err := s.handle.Stats()
	if err != nil {
		run := s.run(sc, o)
		run.Trouble = err.Error()
		return run, err
	}
	ctx, stop := s.tap.during(ctx)
	defer stop()
	rec := o.Recorder
	if rec == nil {
		rec = scenario.NewRecorder()
	}
	live, err := s.watch(rec, sc, o)
	if err != nil {
		run := s.run(sc, o)
		run.Trouble = err.Error()
		return run, err
	}
	events, err := scenario.Perform(ctx, sc, scenario.StageOptions{
		Family: o.Family, Ports: s.ports.Numbers()[:s.free], Pace: o.Pace, Gate: o.Gate, Told: live.told, Recorder: rec, Trial: o.Trial,
	})
	err = and(err, s.close())
	after, statErr := s.handle.Stats()
	if err == nil {
		err = statErr
	}
	run := s.run(sc, o)
	run.Evidence.Events = events
	run.Evidence.Segments = live.finish(func() []capture.Segment { return own(s.tap.take(), events) })
	run.Evidence.Signals, run.Evidence.Hearing = s.heard(from, run.Evidence.Segments)
	run.Capture.Stats = capture.Stats{Delivered: uint64(len(run.Evidence.Segments)), Dropped: after.Dropped - before.Dropped}
	if n := run.Capture.Stats.Dropped; n > 0 {
		run.Evidence.Losses = []analysis.Loss{{From: from, To: time.Now(), Frames: n}}
	}
	run.Explanation = analysis.Explain(run.Evidence)
	if err == nil {
		run.Differs = sc.Differs(run.Evidence.Model.Name, events)
	}
	if err != nil {
		run.Trouble = err.Error()
	}
	return run, err
}

// ErrUnfenced says that the end of a capture was not seen: what it does not show
// may have been sent all the same.
var ErrUnfenced = errors.New("session: the end of the capture was not seen")

// and returns both errors as one, on one line; either may be nil.
func and(story, fenced error) error {
	if story == nil || fenced == nil {
		return cmp.Or(story, fenced)
	}
	return fmt.Errorf("%w; %w", story, fenced)
}

// close fences the capture. The run's own context may have ended; what was
// captured until then must still be whole.
func (s *Session) close() error {
	if err := s.fence.drop(context.Background(), s.tap); err != nil {
		if gone := s.tap.why(); gone != nil {
			err = gone // the fence failed for the same reason, and says less
		}
		return fmt.Errorf("%w: %w", ErrUnfenced, err)
	}
	return nil
}

func (s *Session) run(sc *scenario.Scenario, o Stage) *analysis.Run {
	model, ok := analysis.ModelFor(s.platform.OS)
	if !ok {
		model = analysis.Linux()
	}
	return &analysis.Run{
		Number: s.runs, Scenario: sc.Name, Summary: sc.Summary, Story: sc.Story, Family: o.Family,
		Sandboxed: sandbox.Inside(), Platform: s.platform,
		Capture:  analysis.Capture{Interface: s.handle.Interface(), Backend: s.handle.Backend()},
		Evidence: analysis.Evidence{Model: model},
	}
}
