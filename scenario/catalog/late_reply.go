// The server says its last word and closes, and the client writes before it reads.
//
// Who closes: the server, with a FIN; it had nothing unread.
//
// The wire: five bytes, the server's FIN, its acknowledgement; the client's
// "late", and an RST without ACK in answer.
//
// The application: the client may send in CLOSE-WAIT, so the write succeeds; but
// the server's socket belongs to nobody, and the data draws an RST (RFC 1122
// §4.2.2.13). The five bytes are still there to be read. After them, on Linux,
// comes io.EOF: the FIN set SOCK_DONE, which a read tests before the error, and
// the error, EPIPE because the RST came in CLOSE_WAIT (tcp_reset), waits for a
// write. On macOS a read tests the error first, and it is ECONNRESET (soreceive).
//
// The client waits for the acknowledgement of the FIN as in broken-pipe, so that
// the RST always has the same reason, TCP_TIMEWAIT_SOCKET.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func lateReply() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "late-reply",
		Summary: "the server answers and closes, the client writes before it reads",
		Story: `The server writes "hello" and closes. Before the client reads, it writes "late":
nobody is there to take it, and an RST comes back.
The client still reads "hello". Then, on Linux, io.EOF: the FIN comes before the
error. Its next write gets EPIPE. On macOS the read after the data gets
ECONNRESET.`,
		Tags: []string{"fin", "reset", "read", "write", "data"},
		Refs: []string{"RFC 9293 §3.6", "RFC 1122 §4.2.2.13", "tcp_reset (Linux)", "soreceive (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			server.Write("hello")
			server.Close()
			client.AwaitFIN()
			server.AwaitFINAcked()
			client.Write("late")
			client.AwaitHangup()
			client.Read(16)
			client.Read(16)
			client.Write("x")
			client.Close()
		},
		Expect: map[string][]scenario.Result{
			"linux": {
				byClient(scenario.OpRead, scenario.EOF),
				byClient(scenario.OpWrite, scenario.EPIPE),
			},
			"darwin": {
				byClient(scenario.OpRead, scenario.ECONNRESET),
				byClient(scenario.OpWrite, scenario.EPIPE),
			},
		},
	}
}
