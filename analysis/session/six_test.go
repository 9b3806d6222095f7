package session

import (
	"errors"
	"fmt"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// TestSix performs the catalogue over and over while every CPU is kept busy:
// the explanation must not depend on who runs when.
func TestSix(t *testing.T) {
	repeat := 30
	if testing.Short() {
		repeat = 3
	}
	s := open(t, Options{})
	busy(t)
	for n := range repeat {
		for _, sc := range catalog.Classics() {
			for _, family := range both() {
				run, err := s.Perform(t.Context(), sc, Stage{Family: family})
				if err == nil {
					err = flawed(run)
				}
				if err != nil {
					t.Errorf("%s over %s, time %d: %v", sc.Name, family, n+1, err)
				}
			}
		}
	}
}

// flawed says what an explanation lacks, nil if it is perfect.
func flawed(r *analysis.Run) error {
	var wrong []error
	add := func(format string, a ...any) { wrong = append(wrong, fmt.Errorf(format, a...)) }
	if got := r.Result(); got != analysis.Explained.String() || r.Differs != "" || r.Trouble != "" {
		add("%s; differs: %q, trouble: %q", got, r.Differs, r.Trouble)
	}
	if r.Capture.Stats.Dropped != 0 || len(r.Evidence.Losses) != 0 {
		add("%d frames lost", r.Capture.Stats.Dropped)
	}
	if n := len(r.Evidence.Segments); n == 0 || r.Capture.Stats.Delivered != uint64(n) {
		add("%d segments, %d counted", n, r.Capture.Stats.Delivered)
	}
	for _, ev := range r.Evidence.Events {
		if ev.Fault != "" && r.Verdict(ev.ID) == nil {
			add("no verdict on call %d, %s", ev.ID, ev.Fault)
		}
	}
	for _, v := range r.Verdicts {
		if v.Outcome != analysis.Explained || r.Segment(v.Cause.Segment) == nil || v.Because == "" {
			add("call %d %s: %s by %+v: %s", v.Event, v.Fault, v.Outcome, v.Cause, v.Because)
		}
	}
	for _, c := range r.Calls {
		ev := r.Event(c.Event)
		// What never reaches a connection is decided locally.
		local := ev.Op == scenario.OpListen || ev.Op == scenario.OpBind || !ev.Remote.IsValid()
		if c.Certainty != analysis.Exact && !(local && c.Certainty == analysis.Local) {
			add("call %d, %s %s: prediction %q is %s", c.Event, ev.Role, ev.Op, c.Predicted, c.Certainty)
		}
	}
	for i, seg := range r.Evidence.Segments {
		if seg.ID != i+1 {
			add("segment %d has ID %d", i+1, seg.ID)
		}
		if r.Notes[seg.ID].From == (analysis.Link{}) {
			add("nothing emitted #%d %s", seg.ID, seg.Flags)
		}
	}
	return errors.Join(wrong...)
}
