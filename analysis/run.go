package analysis

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// Run is one performance of a scenario, with all that the witnesses saw and
// what it means.
type Run struct {
	Number    int // from 1, within what was asked for at once
	Scenario  string
	Summary   string // one sentence
	Story     string // a few lines; "" in a run read from a file
	Family    scenario.Family
	Sandboxed bool // in a private network namespace
	Platform  Platform
	Capture   Capture
	Evidence  Evidence
	Explanation
	Differs string // how the calls came out other than the scenario expects; "" if they did not
	Trouble string // what kept the run from being whole, such as an interrupt; "" if nothing did

	Witness string // of a program that is not ours: who saw its calls, "kernel" or "ptrace"; "" if that is not known

	// Replayed says that it is one of the recordings that the program carries:
	// nothing was run to show it.
	Replayed bool
}

// Origin says of a run that was replayed when and where it was recorded:
// "recorded 2026-11-21 on Linux 6.18.44; nothing was run now". Of every other run
// it is "". The day is that of UTC.
func (r *Run) Origin() string {
	if !r.Replayed {
		return ""
	}
	when := "recorded"
	switch e := &r.Evidence; {
	case len(e.Events) > 0:
		when += e.Events[0].Start.UTC().Format(" 2006-01-02")
	case len(e.Segments) > 0:
		when += e.Segments[0].Time.UTC().Format(" 2006-01-02")
	}
	if on := r.Platform.Name(); on != "" {
		when += " on " + on
	}
	return when + "; nothing was run now"
}

// Platform is the system that a run was made on.
type Platform struct {
	OS      string // as Go names it: "linux", "darwin"
	Release string // of the kernel, such as "6.18.44"
}

// Name is the system as people call it, with the release if that is known:
// "Linux 6.18.44", "macOS". It is "" where nothing is known.
func (p Platform) Name() string {
	names := map[string]string{"linux": "Linux", "darwin": "macOS"}
	return strings.TrimSpace(cmp.Or(names[p.OS], p.OS) + " " + p.Release)
}

// Capture says how the segments were captured.
type Capture struct {
	Interface string
	Backend   string
	Stats     capture.Stats // of this run: segments kept, frames lost
}

// The words for how a run ended, beyond those of [Outcome].
const (
	Unexpected  = "unexpected"  // explained, but not what the scenario expects
	Interrupted = "interrupted" // it did not come to its end
)

// Result returns how the run ended, in one word: "explained", "unexplained",
// "inconclusive", [Unexpected] or [Interrupted].
func (r *Run) Result() string {
	switch {
	case r.Outcome == Unexplained:
		return Unexplained.String()
	case r.Trouble != "":
		return Interrupted
	case r.Differs != "":
		return Unexpected
	}
	return r.Outcome.String()
}

// Translated reports whether the results are those of another system than the
// one that the run was made on, see [Translate].
func (r *Run) Translated() bool {
	_, known := ModelFor(r.Platform.OS)
	return known && r.Platform.OS != r.Evidence.Model.Name
}

// Event returns the call with the given ID, or nil.
func (r *Run) Event(id int) *scenario.Event {
	for i := range r.Evidence.Events {
		if r.Evidence.Events[i].ID == id {
			return &r.Evidence.Events[i]
		}
	}
	return nil
}

// Segment returns the segment with the given ID, or nil.
func (r *Run) Segment(id int) *capture.Segment {
	list := r.Evidence.Segments
	if id > 0 && id <= len(list) && list[id-1].ID == id {
		return &list[id-1]
	}
	if i := slices.IndexFunc(list, func(s capture.Segment) bool { return s.ID == id }); i >= 0 && id != 0 {
		return &list[i]
	}
	return nil
}

// Occasion says for which other segment s was sent, by its note: "the answer to
// #4"; for one of its own side "a repetition of what #4 carried", or "after #4"
// where nothing came; "" where none is known.
func (r *Run) Occasion(s *capture.Segment) string {
	from := r.Segment(r.Notes[s.ID].From.Segment)
	switch {
	case from == nil || from.ID == s.ID:
		return ""
	case from.Src != s.Src || s.Src == s.Dst || s.ICMP.Is():
		return fmt.Sprintf("the answer to #%d", from.ID)
	case s.End() != s.Seq:
		return fmt.Sprintf("a repetition of what #%d carried", from.ID)
	}
	return fmt.Sprintf("after #%d", from.ID)
}

// Call returns what the model says about the call with the given ID.
func (r *Run) Call(event int) (Call, bool) {
	for _, c := range r.Calls {
		if c.Event == event {
			return c, true
		}
	}
	return Call{}, false
}

// Verdict returns the verdict about the call with the given ID, or nil.
func (r *Run) Verdict(event int) *Verdict {
	for i := range r.Verdicts {
		if r.Verdicts[i].Event == event {
			return &r.Verdicts[i]
		}
	}
	return nil
}
