// The server answers and aborts; the client writes before it reads the answer.
//
// Who closes: the server, with SO_LINGER at 0 seconds, as in linger-zero.
//
// The wire: as in data-before-reset. The client's write sends nothing.
//
// The application, on Linux: the write takes the pending error, ECONNRESET
// (sk_stream_error). What had arrived is still read, and after it the read gets
// io.EOF, for nothing is left to say that the stream was cut (tcp_recvmsg_locked).
// On macOS the write gets EPIPE (sosendcheck) and the error stays behind the data
// (soreceive).

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func dataBeforeResetWriteFirst() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "data-before-reset-write-first",
		Summary: "as data-before-reset, but the client writes first: EOF after the data",
		Story: `The server writes "hello", the client reads two bytes of it, and the server
aborts. The client now writes: on Linux that takes the error, ECONNRESET.
It reads "llo", which was in its queue, and then io.EOF: for the reader the
answer looks whole. On macOS the write gets EPIPE, and the read after the data
ECONNRESET.`,
		Tags: []string{"reset", "write", "read", "data", "order"},
		Refs: []string{"RFC 9293 §3.10.7.4", "sk_stream_error (Linux)", "sosendcheck (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			server.Write("hello")
			client.Read(2)
			server.SetLinger(0)
			server.Close()
			client.AwaitHangup()
			client.Write("x")
			client.Read(16)
			client.Read(16)
			client.Close()
		},
		Expect: map[string][]scenario.Result{
			"linux": {
				byClient(scenario.OpWrite, scenario.ECONNRESET),
				byClient(scenario.OpRead, scenario.EOF),
			},
			"darwin": {
				byClient(scenario.OpWrite, scenario.EPIPE),
				byClient(scenario.OpRead, scenario.ECONNRESET),
			},
		},
	}
}
