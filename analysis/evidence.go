package analysis

import (
	"time"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/kernel"
	"github.com/rstwatch/rstwatch/scenario"
)

// Evidence is all that the witnesses of one run have to say. Explain changes
// nothing in it.
type Evidence struct {
	Model    *Model            // the rules that the run's kernel follows
	Events   []scenario.Event  // in order of ID
	Segments []capture.Segment // in order of Time; IDs are 1, 2, 3, …
	Signals  []kernel.Signal   // what the kernel said, in order of ID
	Hearing  Hearing           // how far it was heard
	Losses   []Loss            // what the witnesses lost
	Taken    map[int]string    // segments that were taken off the wire on purpose after they were captured, by ID: by what
	Gap      int               // the ID of the first segment after some that were left out; 0 if none were
	Foreign  bool              // another system sent the segments, with other results: see [Translate]
}

// Loss says that the capture lost frames, or the witness of the calls lost some of
// them, at some moment of an interval. No verdict about a connection that was open then
// is better than inconclusive.
type Loss struct {
	From, To time.Time
	Frames   uint64 // 0 where it is calls that may be missing
}

// Hearing says how far the kernel was heard, and so what it means where it says
// nothing.
type Hearing struct {
	Backend  string    // how its word came: "ebpf" or "tracefs"; "" if it was not heard
	Whole    bool      // it tells of every RST that a TCP of this host sent between From and To, but for what was lost
	From, To time.Time // when it was heard
	Lost     uint64    // how many of its signals were lost; which ones, is not known
	Without  string    // what it does not tell, and why, in words; "" if nothing is missing or nothing is known of it
}

// Outcome says how far a verdict, or a run, can be trusted.
type Outcome uint8

// The outcomes, from best to worst.
const (
	Explained    Outcome = iota // the model predicted what happened, and names its cause
	Inconclusive                // the evidence does not suffice to tell
	Unexplained                 // the model predicted something else, or the witnesses contradict each other
)

var outcomeNames = [...]string{"explained", "inconclusive", "unexplained"}

// String returns "explained", "inconclusive" or "unexplained".
func (o Outcome) String() string { return outcomeNames[o] }

// Certainty says how a prediction came about.
type Certainty string

// The certainties.
const (
	Exact   Certainty = "exact"   // one result was possible
	Race    Certainty = "race"    // a segment fell into the call's interval: several were
	Timer   Certainty = "timer"   // nothing on the wire marks the moment: a timer, or an administrator
	Option  Certainty = "option"  // an option of the socket, or the size of a buffer, decides; no segment shows it
	Local   Certainty = "local"   // decided on the host itself: before anything reached the wire, or by its scheduler
	Unknown Certainty = "unknown" // the evidence does not show enough of the socket's life
)

// Blocks stands among predicted results for a call that would still wait.
const Blocks scenario.Fault = "BLOCKS"
