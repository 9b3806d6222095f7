// The server closes cleanly, and the client goes on writing.
//
// Who closes: the server, which has read everything. Its FIN says that it will
// not send any more; that nobody reads any more it can not say.
//
// The wire: one byte and its acknowledgement, the server's FIN and its
// acknowledgement; then the client's "b", and an RST without ACK in answer. The
// "c" never gets there.
//
// The application: the write of "b" succeeds, as the client may send after the
// other side's FIN (CLOSE-WAIT, RFC 9293 §3.6). The server's socket belongs to
// nobody, so the data is answered with an RST (RFC 9293 §3.6.1; RFC 1122
// §4.2.2.13). On Linux an RST in CLOSE_WAIT makes EPIPE the pending error
// (tcp_reset), which the write of "c" takes. On macOS the pending error is
// ECONNRESET, but a write tests SS_CANTSENDMORE before it (sosendcheck): EPIPE
// as well.
//
// Linux acknowledges the FIN up to 40 ms late. The story waits for that, so that
// the server's kernel has put a FIN_WAIT_2 time-wait bucket in the socket's
// place by the time "b" arrives and the reason for the RST is always the same,
// TCP_TIMEWAIT_SOCKET; otherwise "b" itself could bring the acknowledgement,
// and the reason would be TCP_ABORT_ON_DATA.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func brokenPipe() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "broken-pipe",
		Summary: "the server closes cleanly, the client goes on writing",
		Story: `The client writes "a". The server reads it and closes, with a FIN.
The client may still send after that, and its write of "b" succeeds. But nobody
is there to read it: the server's kernel answers with an RST.
The client waits until that has arrived and writes "c": "broken pipe", EPIPE,
on Linux and on macOS.`,
		Tags: []string{"fin", "reset", "write"},
		Refs: []string{"RFC 9293 §3.6", "RFC 1122 §4.2.2.13", "tcp_reset (Linux)", "sosendcheck (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.Write("a")
			server.Read(1)
			server.Close()
			client.AwaitFIN()
			server.AwaitFINAcked()
			client.Write("b")
			client.AwaitHangup()
			client.Write("c")
			client.Close()
		},
		Expect: everywhere(
			scenario.Result{Role: scenario.Client, Op: scenario.OpWrite, Fault: scenario.EPIPE},
		),
	}
}
