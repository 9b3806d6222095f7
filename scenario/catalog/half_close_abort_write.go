// The client ends its own stream, the server aborts, and the client writes.
//
// Who closes: as in half-close-abort.
//
// The wire: the same as there.
//
// The application: a write after one's own CloseWrite should get EPIPE, and on
// macOS it does (sosendcheck tests SS_CANTSENDMORE first). On Linux the pending
// error comes before the shutdown (sk_stream_error): the write takes ECONNRESET,
// and the read that follows gets io.EOF.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func halfCloseAbortWrite() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "half-close-abort-write",
		Summary: "as half-close-abort, but the client writes before it reads",
		Story: `The client calls CloseWrite, the server reads to io.EOF and aborts.
The client then writes, which it may not do any more. On Linux the pending error
is looked at first, and the write takes it: ECONNRESET; the read gets io.EOF.
On macOS the write gets EPIPE, and the read ECONNRESET.`,
		Tags: []string{"half-close", "reset", "write", "order"},
		Refs: []string{"RFC 9293 §3.10.7.4", "sk_stream_error (Linux)", "sosendcheck (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.CloseWrite()
			server.Read(16)
			server.SetLinger(0)
			server.Close()
			client.AwaitHangup()
			client.Write("x")
			client.Read(16)
			client.Close()
		},
		Expect: map[string][]scenario.Result{
			"linux": {
				byServer(scenario.OpRead, scenario.EOF),
				byClient(scenario.OpWrite, scenario.ECONNRESET),
				byClient(scenario.OpRead, scenario.EOF),
			},
			"darwin": {
				byServer(scenario.OpRead, scenario.EOF),
				byClient(scenario.OpWrite, scenario.EPIPE),
				byClient(scenario.OpRead, scenario.ECONNRESET),
			},
		},
	}
}
