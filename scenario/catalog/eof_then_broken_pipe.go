// The server closes; the client reads to the end and goes on writing.
//
// Who closes: the server, which has read everything, with a FIN.
//
// The wire: as in broken-pipe.
//
// The application: a read returns io.EOF, which is no reason not to write: the
// server might have called CloseWrite only. The write succeeds, draws an RST
// (RFC 9293 §3.6.1), and the next one gets EPIPE. On Linux a read says io.EOF
// whatever happens, for the FIN was seen (SOCK_DONE in tcp_recvmsg_locked). On
// macOS the error is ECONNRESET, which no write takes, and so the last read gets
// it, after an earlier one had seen the end (soreceive).
//
// The client waits for the acknowledgement of the FIN as in broken-pipe.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func eofThenBrokenPipe() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "eof-then-broken-pipe",
		Summary: "the client reads to EOF, writes twice, and reads again",
		Story: `The server closes, with a FIN. The client reads io.EOF and writes all the same:
that succeeds, and draws an RST. The second write gets EPIPE.
The client reads again. On Linux that is io.EOF, as before: the FIN hides every
error from a reader. On macOS it is ECONNRESET, although an earlier read has
seen the end.`,
		Tags: []string{"fin", "reset", "read", "write", "order"},
		Refs: []string{"RFC 9293 §3.6", "RFC 9293 §3.6.1", "tcp_recvmsg_locked (Linux)", "soreceive (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			server.Close()
			client.Read(16)
			server.AwaitFINAcked()
			client.Write("b")
			client.AwaitHangup()
			client.Write("c")
			client.Read(16)
			client.Close()
		},
		Expect: map[string][]scenario.Result{
			"linux": {
				byClient(scenario.OpRead, scenario.EOF),
				byClient(scenario.OpWrite, scenario.EPIPE),
				byClient(scenario.OpRead, scenario.EOF),
			},
			"darwin": {
				byClient(scenario.OpRead, scenario.EOF),
				byClient(scenario.OpWrite, scenario.EPIPE),
				byClient(scenario.OpRead, scenario.ECONNRESET),
			},
		},
	}
}
