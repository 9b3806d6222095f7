// The server closes with a byte unread, and the client reads, twice.
//
// Who closes: the server, with one of two bytes unread, as in reset-on-read.
//
// The wire: the same as there.
//
// The application: the pending error is a cell for one. The first read takes it,
// ECONNRESET; the second finds a connection that has ended, and no error: io.EOF
// (tcp_recvmsg_locked, sock_error and then RCV_SHUTDOWN, on Linux; soreceive,
// so_error and then SS_CANTRCVMORE, on macOS). Code that tries again after an
// error is told that all is well.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func resetTwiceRead() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "reset-twice-read",
		Summary: "the server resets, the client reads twice: ECONNRESET, then EOF",
		Story: `The server closes with a byte unread, which sends an RST, as in reset-on-read.
The client's first read gets ECONNRESET. An error is delivered once: the second
read finds none any more, only a stream that has ended, and gets io.EOF.
So it is on Linux and on macOS: who reads again after an error learns nothing.`,
		Tags: []string{"reset", "read", "order"},
		Refs: []string{"RFC 9293 §3.10.7.4", "tcp_recvmsg_locked (Linux)", "soreceive (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.Write("ab")
			server.Read(1)
			server.Close()
			client.AwaitHangup()
			client.Read(16)
			client.Read(16)
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.ECONNRESET),
			byClient(scenario.OpRead, scenario.EOF),
		),
	}
}
