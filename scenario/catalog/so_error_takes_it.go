// The server aborts, and the client asks for the pending error.
//
// Who closes: the server, with SO_LINGER at 0 seconds, as in linger-zero.
//
// The wire: the handshake and RST,ACK.
//
// The application: getsockopt(SO_ERROR) returns ECONNRESET and clears it
// (sk_getsockopt and sock_error on Linux, sogetoptlock on macOS). It is a way of
// looking that takes: the read that follows gets io.EOF and the write EPIPE, and
// neither says that the connection was reset. An event loop, or a health check,
// that asks and drops the answer leaves its program without it.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func soErrorTakesIt() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "so-error-takes-it",
		Summary: "the server resets, SO_ERROR takes the error from the read",
		Story: `The server aborts, and the client asks the socket for its pending error, with
getsockopt(SO_ERROR): ECONNRESET. That was the one delivery of the error.
The read after it gets io.EOF and the write EPIPE, on Linux and on macOS, as if
nothing worse than a close had happened.`,
		Tags: []string{"reset", "read", "write", "order"},
		Refs: []string{"RFC 9293 §3.10.7.4", "sk_getsockopt (Linux)", "sogetoptlock (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			server.SetLinger(0)
			server.Close()
			client.AwaitHangup()
			client.SOError()
			client.Read(16)
			client.Write("x")
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpSOError, scenario.ECONNRESET),
			byClient(scenario.OpRead, scenario.EOF),
			byClient(scenario.OpWrite, scenario.EPIPE),
		),
	}
}
