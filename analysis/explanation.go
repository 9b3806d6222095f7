package analysis

import "github.com/rstwatch/rstwatch/scenario"

// Explanation is the outcome of a run: what the model says about every call
// and every segment, and a verdict for each call that failed, or that
// contradicts the model.
type Explanation struct {
	Calls    []Call       // in order of event ID
	Verdicts []Verdict    // in order of event ID
	Notes    map[int]Note // by segment ID; every segment has one
	Findings []Finding    // where the witnesses contradict each other about an RST, in order of segment ID
	Outcome  Outcome      // the worst of the verdicts; with a finding it is [Unexplained]
}

// Finding is an RST of which the kernel says something else than the model
// infers from calls and segments, or nothing where it should say something.
type Finding struct {
	Segment int
	Because string // one sentence for a person
}

// Call is what the model says about one call, failed or not.
type Call struct {
	Event     int
	Predicted []scenario.Fault // what it could return; "" is success
	Certainty Certainty
	Rule      string // the row of the model that gave the result, "" if none did
	Timer     string // the timer that had gone off on its socket, "" if none had
	Lost      int    // octets that a close threw away unread
}

// Verdict explains one call: the segment that caused its result, and what made
// the other side send it.
type Verdict struct {
	Event     int
	Fault     scenario.Fault   // what the call returned
	Predicted []scenario.Fault // what the model says it could return; "" is success
	Rule      string           // the row of the model that gave the result
	Source    string           // the RFC section or kernel function behind that row
	Cause     Link             // the last link before the call; zero if none is known
	Chain     []Link           // cause first, ending with the call itself
	Inferred  []Reason         // why the last RST in the chain was sent, by the model; empty if there is none
	Heard     []Reason         // why it was sent, by the kernel itself: several if it left that open; empty if it did not say
	Unheard   string           // why the kernel's own reason is not known, in words; "" if it is, or nobody asked
	Outcome   Outcome
	Because   string // one sentence for a person
	Next      Next   // what the calls after this one will return
	Elsewhere Elsewhere
	Proof     *Proof // what experiments show of it; nil if none were made
}

// Link is one step of a chain of causes: a call or a segment, by its ID.
type Link struct {
	Event, Segment int    // exactly one is set; neither in the zero Link
	Because        string // what this step did, as a clause for a person; may be ""
	Source         string // the RFC section or kernel function behind it, or ""
}

// Elsewhere is what a call returns by the rules of the other platform.
type Elsewhere struct {
	Fault  scenario.Fault // "" is success
	N      int            // octets that a read gives or a write takes
	Rule   string
	Source string
}

// Next says what the next calls on a socket return: "" is success, Blocks that
// the call waits.
type Next struct{ Read, Write scenario.Fault }

// Note is what the model says about one segment.
type Note struct {
	From     Link     // the call or the segment that made its sender emit it; zero if unknown
	Reasons  []Reason // of an RST: why it was sent, as far as can be told
	Heard    []Reason // of an RST: why the kernel itself says that it sent it; empty if it did not say
	Unheard  string   // of an RST whose reason is inferred: why the kernel's own is not known, in words; "" if it is, or nobody asked
	Effect   string   // what it did to its receiver, "" for nothing worth saying
	Ended    bool     // an RST: its receiver believed it
	Lost     string   // what proves that it did not reach its receiver; "" if nothing does
	Rules    []string // the rows of the model that applied to it at its receiver
	Decisive bool     // it belongs to the chain of a verdict
	Strange  bool     // its sender's socket can not have sent it then: somebody else did, or stamps lie
}
