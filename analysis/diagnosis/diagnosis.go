package diagnosis

import (
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// Evidence is what is known of one connection.
type Evidence struct {
	Connection survey.Connection
	// Segments are those of the connection in the order of the capture; the ID of
	// each is the number of its frame. ICMP errors about it are among them.
	Segments []capture.Segment
	// LeftOut is how many were left out in the middle of a long connection, before
	// the segment whose ID is Gap; 0 and 0 if none were.
	LeftOut uint64
	Gap     int
	Model   *analysis.Model // of both ends; nil: Linux
}

// The sides, as survey.Connection numbers them.
const (
	Client = 0
	Server = 1
)

// Diagnosis is what can be said of one connection.
type Diagnosis struct {
	Connection survey.Connection
	Run        *analysis.Run // its segments, once each, and what the model says of them
	Duplicates int           // frames that the capture has twice, dropped
	LeftOut    uint64        // segments left out in the middle
	Gap        int           // the frame after those; 0 if none were

	FINs   []Mark  // the first of each side, in order of time
	Resets []Reset // all of them, in order of time
	// Decisive is the frame that ended the connection: the RST that its receiver
	// believed, else the first FIN; 0 where nothing did.
	Decisive int

	Situation Situation
	Outlooks  [2]Outlook // of the client, of the server
	Idle      Idle
	Exchange  Exchange
	Vantage   Vantage
	Signs     []Sign
	Forged    Suspicion // what the signs come to
	Retry     Retry
	Unknown   []string // what the capture does not show, and what that hides
}

// Mark is a segment of some importance.
type Mark struct {
	Frame int
	Time  time.Time
	Side  int
}

// Reset is one RST.
type Reset struct {
	Mark
	Flags    capture.Flags
	Kind     survey.Kind
	Reasons  []analysis.Reason // the class that the wire can not separate; nil if not told
	Rule     string            // what the class has in common
	Provoker int               // the frame that it answers; 0 if none is known
	Fate     Fate
	Because  string // the model's account of what it did
}

// Fate is what became of a RST at its receiver, by the model (SEMANTICS.md §3.2).
type Fate string

// The fates.
const (
	Believed    Fate = "believed"    // it ended its receiver's connection
	Supposed    Fate = "supposed"    // so it probably did, but too little was captured to be sure that it was exact
	Stale       Fate = "stale"       // outside the window: ignored
	Challenged  Fate = "challenged"  // in the window but not exact: a challenge ACK is due
	Late        Fate = "late"        // its receiver's connection had ended before
	Undelivered Fate = "undelivered" // its receiver went on as if there had been none
	Unclear     Fate = "unclear"
)

// Situation is the known situation that the evidence fits.
type Situation struct {
	Name    string   // a word or two, such as "keep-alive race"
	Says    string   // what happened, in a sentence or two
	Causes  []string // what can have been the reason where the wire can not tell, the likeliest first; nil if there is nothing more to tell
	Measure Measure  // the one measurement that would separate them; zero if there is nothing to separate
}

// Measure is what to do to know more.
type Measure struct {
	What    string // as a sentence
	Command string // for a shell, "" if there is none
}

// Outlook is what the next calls of one side return by the model: the first
// read once its queue is empty, the first write, each if no error was taken
// before; or the dial or the accept.
type Outlook struct {
	Returns []analysis.Return
	// Nobody says that no program has the socket: the RST that this side sent says
	// so.
	Nobody  bool
	Assumed bool
	Says    string // in words
	Socket  string // the state of the socket, by the model
}

// Faults returns what a call can return, without what only a timer will bring.
func (o *Outlook) Faults(op scenario.Op) (list []scenario.Fault) {
	for _, r := range o.Returns {
		if r.Op == op && r.Timer == "" {
			list = append(list, r.Fault)
		}
	}
	return list
}

// Idle is the pause before the end.
type Idle struct {
	For    time.Duration // between the last octets, SYN or FIN and what began the end
	Until  int           // the frame that broke it
	Probes int           // keep-alive probes meanwhile
	Long   bool          // as long as what forgets connections waits
}

// Exchange is what the two sides had said to each other in the end: the last
// that the client sent, and what came after it.
type Exchange struct {
	Request  Octets // what the client had sent since the server spoke last
	Answer   Octets // what the server has sent after that
	Complete bool   // the answer is known to be whole
	Torn     bool   // the answer is known to lack octets
	Awaited  int64  // how many octets of the answer's body were announced; -1 where that is not known
	Method   string // of an HTTP/1 request that was captured
	Target   string // of it, cut to a line's length
	Status   int    // of an HTTP/1 answer that was captured; 0 if none was
	Earlier  int    // turns of the client's before this one
}

// Octets counts payload.
type Octets struct {
	Sent   uint64
	Acked  uint64 // how many of those the other side has acknowledged
	Resent int    // segments that carried some of them again
}

// Unacked is how many octets nobody acknowledged.
func (o Octets) Unacked() uint64 { return o.Sent - min(o.Sent, o.Acked) }

// Place is where a capture was taken.
type Place string

// The places.
const (
	AtClient  Place = "client"   // on the client's host, or beside it
	AtServer  Place = "server"   // on the server's host, or beside it
	Between   Place = "between"  // on the way
	OneHost   Place = "loopback" // both ends are on the host that captured
	PlaceOpen Place = "unknown"
)

// Vantage says on which side a capture was taken, how sure that is, and why.
type Vantage struct {
	Place Place
	Sure  bool // otherwise it is likely
	Why   []string
}

// Sign is something about a RST that is not as its sender's kernel makes one.
type Sign struct {
	Frame    int
	What     string // with the figures
	Innocent string // what else explains it; "" if nothing does
}

// Suspicion is what the signs of a forged RST come to.
type Suspicion string

// The suspicions.
const (
	NotSuspect Suspicion = ""         // there is no sign
	WeakSign   Suspicion = "weak"     // one sign, with an innocent explanation: not enough
	Suspect    Suspicion = "suspect"  // several signs, each with an innocent explanation
	NotItsOwn  Suspicion = "not-sent" // the socket in whose name it came can not have sent it
)

// Safety says whether the client may send its request again.
type Safety string

// The answers.
const (
	Safe       Safety = "safe"       // no octet of it can have reached the server's program
	Idempotent Safety = "idempotent" // it may have, but the method of HTTP/1 is idempotent
	NotSafe    Safety = "not-safe"   // it may have, or that can not be told
	NotNeeded  Safety = "not-needed" // it was answered, or nothing was asked
)

// Retry says whether a retry is safe, and why.
type Retry struct {
	Safety Safety
	Why    string
}
