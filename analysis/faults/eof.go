package faults

import "github.com/rstwatch/rstwatch/scenario"

func endOfFile() Guide {
	return Guide{
		Fault:  scenario.EOF,
		Prints: []string{"EOF", "http: server closed idle connection"},
		Names:  []string{"io.EOF"},
		Means: "The stream has ended: the peer's FIN came, and all that was before it has been read. " +
			"Only the protocol above knows whether that was all there should be; and an EOF may hide an error that another call took.",
		Calls: map[string]string{
			linux: "Read, from then on. Also after an RST or a timeout whose error another call has taken, " +
				"and while nothing is queued after an own CloseRead.",
			darwin: "Read. If an RST comes after the FIN, one Read after the EOF says ECONNRESET.",
		},
		Clues: []Clue{
			{"the peer's FIN, and no RST", "the peer closed in order, or its process ended with nothing unread"},
			{"the peer's FIN, then an RST", "something that we wrote after the FIN met a closed socket: it is lost, and no Read says so (Linux)"},
			{"an RST and no FIN", "an EOF that hides a reset: another Read, a Write or SO_ERROR has taken ECONNRESET"},
			{"over TLS, a FIN and no close_notify before it", "whoever is on the path could have sent it: what was read may not be all"},
			{"neither", "the program's own CloseRead; or a timer gave the connection up, and another call took the error"},
		},
		Test: []string{"err == io.EOF", "errors.Is(err, io.EOF)"},
		Wraps: `Read returns io.EOF bare; net/http and others wrap it. io.ReadFull and a body cut short give io.ErrUnexpectedEOF, ` +
			"which errors.Is does not take for io.EOF: it is an error of its own here (UNEXPECTED_EOF). crypto/tls says plain io.EOF where close_notify is missing at the end of a record.",
		Log:    "How much of the message was there, where its own framing says that it is not whole.",
		Ignore: "Between messages: it is how a peer says goodbye.",
		Retry: "A request that is idempotent (RFC 9110 §9.2.2), if the EOF came in place of an answer. http.Transport does it by itself " +
			`where a connection that had served before was closed ("http: server closed idle connection") and the request can be repeated.`,
		Danger: "A request that changes something, if the EOF came in place of an answer: the peer may have acted on it before it closed.",
		Refs:   []string{"RFC 9293 §3.6", "RFC 9110 §9.2.2", "RFC 8446 §6.1", "SEMANTICS.md §3.5"},
	}
}
