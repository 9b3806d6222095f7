package catalog

import (
	"context"
	"errors"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/sandbox/sandboxtest"
)

// TestStoriesCutShort: a story that is interrupted before any of its calls leaves
// no goroutine, no descriptor, and no change of the network behind, by which the
// same story, played to its end, would come out otherwise.
func TestStoriesCutShort(t *testing.T) {
	for _, sc := range All() {
		if sc.Slow || sc.Lab && sandboxtest.Missing() != "" {
			continue
		}
		calls := play(t, sc) // the first use of anything opens what stays open
		files, routines := openFiles(t), runtime.NumGoroutine()
		for n := 1; n <= calls; n++ {
			cutShort(t, sc, n)
		}
		// What has done its work may still be leaving.
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); runtime.Gosched() {
			if openFiles(t) <= files && runtime.NumGoroutine() <= routines {
				break
			}
		}
		if left := openFiles(t); left > files {
			t.Errorf("%s: %d files are open, before %d", sc.Name, left, files)
		}
		if left := runtime.NumGoroutine(); left > routines {
			all := make([]byte, 1<<16)
			t.Fatalf("%s: %d goroutines run, before %d:\n%s", sc.Name, left, routines, all[:runtime.Stack(all, true)])
		}
		play(t, sc)
	}
}

// play plays a story to its end, and returns how many calls were announced.
func play(t *testing.T, sc *scenario.Scenario) (calls int) {
	t.Helper()
	events, err := scenario.Perform(t.Context(), sc, scenario.StageOptions{Before: func(scenario.Role, scenario.Op) { calls++ }})
	if err != nil {
		t.Fatalf("%s: %v", sc.Name, err)
	}
	if diff := sc.Differs(runtime.GOOS, events); diff != "" {
		t.Fatalf("%s: %s", sc.Name, diff)
	}
	return calls
}

// cutShort interrupts a story before its nth call.
func cutShort(t *testing.T, sc *scenario.Scenario, n int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := scenario.Perform(ctx, sc, scenario.StageOptions{Before: func(scenario.Role, scenario.Op) {
		if n--; n == 0 {
			cancel()
		}
	}})
	if n <= 0 && !errors.Is(err, context.Canceled) {
		t.Errorf("%s was interrupted, and the error is %v", sc.Name, err)
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
