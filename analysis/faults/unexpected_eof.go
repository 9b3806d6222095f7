package faults

import "github.com/rstwatch/rstwatch/scenario"

func unexpectedEnd() Guide {
	return Guide{
		Fault:  scenario.UnexpectedEOF,
		Prints: []string{"unexpected EOF"},
		Names:  []string{"io.ErrUnexpectedEOF"},
		Means: "The stream has ended in the middle of something: of a body that had promised more, of a TLS record, of a buffer that was " +
			"to be filled. No kernel has such an error: the socket said EOF, and a library knew better.",
		Calls: map[string]string{
			linux:  "No call on a socket, but a library's that reads: of a body, of tls.Conn, io.ReadFull. It stands for EOF, with all that EOF may hide.",
			darwin: "The same.",
		},
		Clues: []Clue{
			{"the peer's FIN, and no RST", "the peer closed in the middle: a handler that gave up (http.ErrAbortHandler), a proxy without its backend, a process that ended"},
			{"the peer's FIN, and a TLS record that is not whole", "the stream was cut below TLS: close_notify never came"},
			{"an RST and no FIN", "the EOF beneath hides a reset: another call has taken ECONNRESET"},
		},
		Test: []string{"errors.Is(err, io.ErrUnexpectedEOF)"},
		Wraps: "errors.Is does not take it for io.EOF. net/http returns it bare from the body's Read; " +
			"without Content-Length and without chunks a body that is cut short ends in io.EOF.",
		Log:   "How much had come, and how much was promised.",
		Retry: repeatable,
		Danger: "A request that changes something: the peer had begun to answer, so it has probably acted. " +
			"What was read is not the whole, and must not be used as such.",
		Refs: []string{"RFC 9112 §8", "RFC 8446 §6.1", "RFC 9110 §9.2.2"},
	}
}
