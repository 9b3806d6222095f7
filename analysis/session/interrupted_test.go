package session

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// TestInterrupted ends the context in the middle of a story.
func TestInterrupted(t *testing.T) {
	s := open(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	sc := &scenario.Scenario{Name: "cut-short", Play: func(stage *scenario.Stage) {
		client, server := stage.Connect()
		client.Write("ab")
		server.Read(2)
		cancel()
		client.Read(1) // would wait for ever
		t.Error("the story goes on")
	}, Expect: map[string][]scenario.Result{"linux": nil, "darwin": nil}}
	run, err := s.Perform(ctx, sc, Stage{Family: scenario.IPv4})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Perform: %v, want context.Canceled", err)
	}
	if run == nil {
		t.Fatal("no run")
	}
	if run.Result() != analysis.Interrupted || !strings.Contains(run.Trouble, "interrupted in client read") {
		t.Errorf("%s, trouble %q", run.Result(), run.Trouble)
	}
	done := make(map[scenario.Op]bool)
	for _, ev := range run.Evidence.Events {
		done[ev.Op] = ev.Fault == "" && !ev.End.IsZero()
	}
	for _, op := range []scenario.Op{scenario.OpListen, scenario.OpDial, scenario.OpAccept, scenario.OpWrite, scenario.OpRead} {
		if !done[op] {
			t.Errorf("no %s that succeeded among %d calls", op, len(run.Evidence.Events))
		}
	}
	// The handshake, the data and its acknowledgement had been there; the fence
	// makes sure of them.
	if n := len(run.Evidence.Segments); n < 5 || run.Evidence.Segments[3].Flags != capture.PSH|capture.ACK {
		t.Errorf("%d segments: %+v", n, run.Evidence.Segments)
	}
	if len(run.Calls) != len(run.Evidence.Events) {
		t.Errorf("%d of %d calls explained", len(run.Calls), len(run.Evidence.Events))
	}
	goesOn(t, s)
}

// TestEndedBefore: a context that has ended already.
func TestEndedBefore(t *testing.T) {
	s := open(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	run, err := s.Perform(ctx, catalog.Classics()[0], Stage{Family: scenario.IPv4})
	if !errors.Is(err, context.Canceled) || run == nil || run.Result() != analysis.Interrupted {
		t.Errorf("Perform: %+v, %v", run, err)
	}
	goesOn(t, s)
}

// goesOn demands that a session still works.
func goesOn(t *testing.T, s *Session) {
	t.Helper()
	run, err := s.Perform(t.Context(), catalog.Classics()[0], Stage{Family: scenario.IPv4})
	if err == nil {
		err = flawed(run)
	}
	if err != nil {
		t.Errorf("a later run: %v", err)
	}
}
