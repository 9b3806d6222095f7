package analysis_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// TestProspects holds what the model foresees of a socket whose calls are taken
// out of a recording against what the calls really returned: at the first read
// that gave no octets and the first write, before any error was taken.
func TestProspects(t *testing.T) {
	paths, err := filepath.Glob("testdata/runs/*.jsonl")
	if err != nil || len(paths) == 0 {
		t.Fatal("no recorded runs", err)
	}
	// In these nothing leaves any more, so that no segment tells of what is written.
	silent := []string{"L_addr_removed", "L_link_down"}
	held, alone := 0, 0
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".jsonl")
		if slices.Contains(silent, name) {
			continue
		}
		for _, who := range []string{"cli", "srv"} {
			e := recorded(t, path, who)
			for _, ev := range firsts(e.Events) {
				returns := foreseen(e, &ev)
				if len(returns) == 0 {
					continue // its segments are not among those captured
				}
				held++
				if len(returns) == 1 {
					alone++
				}
				if !slices.Contains(returns, ev.Fault) {
					t.Errorf("%s, %s: call %d, %s, returned %q, foreseen %q", name, who, ev.ID, ev.Op, ev.Fault, returns)
				}
			}
		}
	}
	if held < 60 || alone*10 < held*8 {
		t.Errorf("%d calls held, of %d one result was foreseen", held, alone)
	}
	t.Logf("%d calls held, of %d one result was foreseen", held, alone)
}

// firsts returns the calls of each socket that nothing else of its program has
// gone before which takes an error, or shuts the socket.
func firsts(events []scenario.Event) (list []scenario.Event) {
	over := make(map[int]bool)
	for _, ev := range events {
		if over[ev.Conn] {
			continue
		}
		switch {
		case ev.Op == scenario.OpRead && ev.Asked > 0 && ev.Fault != "", ev.Op == scenario.OpWrite && ev.Asked > 0 && ev.N == 0:
			if ev.Fault != scenario.Deadline && ev.Fault != scenario.Closed {
				list = append(list, ev)
			}
			over[ev.Conn] = ev.Fault != "" && ev.Fault != scenario.EOF && ev.Fault != scenario.Deadline
		case ev.Op == scenario.OpClose, ev.Op == scenario.OpCloseRead, ev.Op == scenario.OpShutdown, ev.Op == scenario.OpSOError,
			ev.Op == scenario.OpPeek, ev.Op == scenario.OpDisconnect, ev.Fault != "" && ev.Op != scenario.OpCloseWrite:
			over[ev.Conn] = true
		}
	}
	return list
}

// foreseen is what the model says of the call when it has the segments alone
// that had been captured when it returned.
func foreseen(e analysis.Evidence, ev *scenario.Event) (list []scenario.Fault) {
	e.Events = nil
	e.Segments = slices.DeleteFunc(slices.Clone(e.Segments), func(s capture.Segment) bool {
		return s.Time.After(ev.End.Add(60*time.Microsecond)) || s.Src != ev.Local && s.Dst != ev.Local || s.Src != ev.Remote && s.Dst != ev.Remote
	})
	_, prospects := analysis.Foresee(e)
	for _, p := range prospects {
		if p.Addr != ev.Local {
			continue
		}
		list = nil // of the last incarnation
		for _, r := range p.Of(ev.Op) {
			list = append(list, r.Fault)
		}
	}
	return list
}
