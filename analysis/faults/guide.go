package faults

import "github.com/rstwatch/rstwatch/scenario"

// Guide is what there is to know of one error. All text is plain, in whole
// sentences, and not broken into lines.
type Guide struct {
	Fault  scenario.Fault
	Prints []string // what is printed of it: by Go on Linux first, then elsewhere
	Names  []string // the values that stand for it in Go beside its own: "io.EOF"
	Means  string   // what has happened

	// Calls says, by model ("linux", "darwin"), which call gets the error, and
	// what the calls after it say. A model on which nothing is known is left out.
	Calls map[string]string

	Clues []Clue // how to tell its causes apart, the commonest first

	Test    []string // Go expressions that detect it in an error named err
	Wraps   string   // what it is wrapped in, and what to mind about that
	Timeout bool     // what the Timeout method of the net.Error says

	Log    string // what to write down, and where to look
	Ignore string // when it is no error at all; "" if never
	Retry  string // when to try again, and how; "" if never
	Danger string // when to try again is not safe; "" if always

	Refs []string // where to read on
}

// Clue is something to be seen, and what it means.
type Clue struct {
	Sign  string // on the wire, or in the program
	Cause string // whose doing it was; with the kernel's word for it, if it has one
}

// All returns every guide, in the order in which people meet the errors.
func All() []Guide {
	return []Guide{
		connectionReset(),
		brokenPipe(),
		endOfFile(),
		unexpectedEnd(),
		refused(),
		timedOut(),
		deadline(),
		closed(),
		canceled(),
		aborted(),
		hostUnreachable(),
		netUnreachable(),
		noProtocol(),
		accessDenied(),
		notPermitted(),
		notConnected(),
		invalid(),
		addressInUse(),
		addressNotAvailable(),
		other(),
	}
}

// The models, as keys of Calls.
const (
	linux  = "linux"
	darwin = "darwin"
)

// repeatable is when a request may be sent a second time, and again what
// net/http does of itself as well (http.Transport).
const (
	repeatable = "A request of which nothing was written; or one that is idempotent, such as a GET, PUT or DELETE " +
		"(RFC 9110 §9.2.2), over a new connection."
	again = repeatable + " http.Transport does it by itself, on a connection that had served before, " +
		"for GET, HEAD, OPTIONS and TRACE or with an Idempotency-Key header, without a body or with GetBody; " +
		"PUT and DELETE it leaves to you."
)

// perhapsDone is why anything else may not.
const perhapsDone = "Some of a request that changes something was written: the peer may have acted on it. " +
	"A Write that returned no error says only that the own kernel took the bytes."
