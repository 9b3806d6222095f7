package rstwatchtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/session"
	"github.com/rstwatch/rstwatch/capture/live"
	"github.com/rstwatch/rstwatch/scenario"
)

// TB is what a recorder needs of a test. A [*testing.T], a [*testing.B] and a
// [*testing.F] are such, and so is what other libraries give to their tests.
type TB interface {
	Helper()
	Name() string
	Log(args ...any)
	Logf(format string, args ...any)
	Failed() bool
	Cleanup(func()) // called last come, first served, when the test is over
}

// Recorder records the connections of one test. Its methods are safe for
// concurrent use, also after the test has ended: then nothing is captured any more.
type Recorder struct {
	t     TB
	calls *scenario.Recorder
	wire  *session.Watcher

	mu      sync.Mutex
	over    bool
	missing string // why nothing is captured; "" if it is, or has not been tried
}

// Record returns what records the connections of a test, a benchmark or a fuzz
// target until that has ended and all cleanups that were registered later have been
// done: close in those, or before, what was opened. If the test has failed by then,
// its log ends with what became of its connections: the ladder and the verdict of
// each on which a call failed, and a line for each other.
//
// Nothing is captured before the first listener or connection is asked for. Record
// does not block and fails no test: where nothing can be captured the log says so.
func Record(t TB) *Recorder {
	t.Helper()
	r := &Recorder{t: t, calls: scenario.NewRecorder(), wire: session.NewWatcher()}
	t.Cleanup(r.finish)
	return r
}

// finish tells, if the test has failed, and ends the capture.
func (r *Recorder) finish() {
	r.t.Helper()
	if r.t.Failed() {
		runs := r.runs()
		r.tell(runs, r.failed(runs))
		r.keep(runs)
	}
	r.mu.Lock()
	r.over = true
	r.mu.Unlock()
	if err := r.wire.Close(); err != nil {
		r.t.Log("rstwatch:", err)
	}
}

// Missing says what is missing for connections to be explained, "" if nothing is:
// for tests that demand a cause.
//
//	if missing := rec.Missing(); missing != "" {
//		t.Skip(missing)
//	}
//
// It opens a capture if none is open, which blocks some 10 ms.
func (r *Recorder) Missing() string {
	r.t.Helper()
	r.watch(0)
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.missing
}

// watch captures a port from now on. Where that is impossible the log says so, once,
// and nothing is captured.
func (r *Recorder) watch(port uint16) {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over || r.missing != "" {
		return
	}
	if err := r.wire.Add(context.Background(), port); err != nil {
		r.missing = wanting(err)
		r.t.Log("rstwatch: connections are not explained:", r.missing)
	}
}

// wanting says why nothing can be captured, and what to do.
func wanting(err error) string {
	if !errors.Is(err, live.ErrPermission) {
		return err.Error()
	}
	if why := os.Getenv(unboxed); why != "" {
		return fmt.Sprintf("%v, and no private network (%s)", err, why)
	}
	return fmt.Sprintf("%v; with it, or where TestMain calls rstwatchtest.Main, they are", err)
}

// Runs returns what became of the test's connections until now: a run for each two
// addresses that spoke, in the order in which they were first spoken of. Packages
// report, report/svg, report/markdown and others draw it. It is nil where nothing
// could be captured. It blocks for some milliseconds, until all has been captured
// that had been sent.
func (r *Recorder) Runs() []*analysis.Run {
	r.t.Helper()
	return r.runs()
}

func (r *Recorder) runs() []*analysis.Run {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over || r.missing != "" {
		return nil
	}
	runs, err := r.wire.Explain(r.t.Name(), r.calls)
	if err != nil {
		r.t.Log("rstwatch:", err)
	}
	for _, run := range runs {
		run.Scenario = fmt.Sprintf("%s, connection %d", run.Scenario, run.Number)
	}
	return runs
}
