package faults

import "github.com/rstwatch/rstwatch/scenario"

// What a program does to itself: no segment is to blame.

func deadline() Guide {
	const both = "Dial, Accept, Read and Write. Once it has passed every Read or Write fails at once, and neither queued " +
		"data nor a pending error is touched: move the deadline, and they are still there."
	return Guide{
		Fault:  scenario.Deadline,
		Prints: []string{"i/o timeout", "context deadline exceeded", "Client.Timeout exceeded"},
		Names:  []string{"os.ErrDeadlineExceeded", "context.DeadlineExceeded"},
		Means:  "A deadline or timeout of the program's own passed. Nothing on the wire says it, and a connection that stood still stands.",
		Calls:  map[string]string{linux: both, darwin: both},
		Clues: []Clue{
			{"our data unacknowledged, or the SYN again and again", "the path is dead: the deadline came before ETIMEDOUT"},
			{"our data acknowledged, no answer", "the peer's kernel has it, and its program is slow, or waits for more"},
			{"the peer's window is 0", "a Write waits for a peer that does not read"},
			{"nothing was sent at all", "the program waits for a peer that waits too, or the deadline lay in the past"},
		},
		Test: []string{"errors.Is(err, os.ErrDeadlineExceeded)",
			"var ne net.Error; errors.As(err, &ne) && ne.Timeout()"},
		Wraps: "A *net.OpError wraps it. A Dial's may be context.DeadlineExceeded or os.ErrDeadlineExceeded, whichever timer is first: " +
			"Timeout() is true of both, and of ETIMEDOUT. A Write may have done some bytes: its n says how many.",
		Timeout: true,
		Log:     "What was waited for, and how long.",
		Ignore:  "Where the deadline is there to wake a loop up.",
		Retry:   "A Read: move the deadline and read on, nothing is lost. A Write: go on after the n bytes that it did. " + repeatable,
		Danger: perhapsDone + " And do not send another request over this connection: the late answer would be taken for " +
			"that one's. Close it.",
		Refs: []string{"net.Conn, SetDeadline", "RFC 9110 §9.2.2", "SEMANTICS.md §3.6"},
	}
}

func closed() Guide {
	const both = "Every call after the program's own Close, and those that were waiting when it came."
	return Guide{
		Fault:  scenario.Closed,
		Prints: []string{"use of closed network connection"},
		Names:  []string{"net.ErrClosed"},
		Means:  "The program used a connection or listener that it had itself closed, mostly in another goroutine. The peer has no part in it.",
		Calls:  map[string]string{linux: both, darwin: both},
		Clues: []Clue{
			{"the program is shutting down", "Close is how one goroutine stops another's Accept or Read: all is well"},
			{"net/http says it of a request", "the transport's reader had closed the connection: look for the FIN or RST before that"},
			{"a FIN or RST of our own, then the error", "two owners: one closed what the other still uses"},
		},
		Test:   []string{"errors.Is(err, net.ErrClosed)"},
		Wraps:  "A *net.OpError wraps it; there is no errno in it.",
		Log:    "Who closed it, if nobody should have.",
		Ignore: "From Accept or Read when the program closed the socket to end them.",
		Retry:  "From net/http: as for ECONNRESET. From an own connection: there is nothing to retry but the design.",
		Danger: perhapsDone,
		Refs:   []string{"net.ErrClosed", "SEMANTICS.md §3.6"},
	}
}

func canceled() Guide {
	const both = "Dial with a context, and whatever else takes one. A Read or Write does not: to end it, set a deadline or close."
	return Guide{
		Fault:  scenario.Canceled,
		Prints: []string{"operation was canceled", "context canceled", "request canceled"},
		Names:  []string{"context.Canceled"},
		Means:  "The program, or who called it, gave up and cancelled the context.",
		Calls:  map[string]string{linux: both, darwin: both},
		Clues: []Clue{
			{"a SYN without an answer", "the dial was slow, and somebody lost patience"},
			{"in a server's handler", "the client has closed its connection: net/http cancels the request's context"},
		},
		Test:   []string{"errors.Is(err, context.Canceled)"},
		Wraps:  "A *net.OpError, or a *url.Error from net/http, wraps it.",
		Log:    "Nothing, or who gave up and why: context.Cause(ctx).",
		Ignore: "Nearly always: whoever cancelled knows.",
		Danger: "Whoever cancelled does not want it; and a request that was under way may have been acted on.",
		Refs:   []string{"context.Cause", "net/http, Request.Context"},
	}
}
