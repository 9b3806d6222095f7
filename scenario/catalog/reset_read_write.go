// The server closes with a byte unread; the client reads, and then writes, twice.
//
// Who closes: the server, with one of two bytes unread, as in reset-on-read.
//
// The wire: the same as there. The client's writes send nothing.
//
// The application: the read takes the pending error, ECONNRESET. A write finds no
// error any more, but a socket that can not send: EPIPE, and so does every write
// after it (tcp_sendmsg_locked, SEND_SHUTDOWN, on Linux; sosendcheck,
// SS_CANTSENDMORE, on macOS). It is the one order of a read and a write in which
// both systems agree. A log that has the writer's error alone says "broken pipe"
// where the reset was, and points to the wrong side.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func resetReadWrite() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "reset-read-write",
		Summary: "the server resets, the client reads and then writes: EPIPE",
		Story: `The server closes with a byte unread, which sends an RST, as in reset-on-read.
The client's read takes the pending error, ECONNRESET. Then it writes, and is
told "broken pipe", EPIPE, now and ever after: that the connection was reset
only the reader has heard. So it is on Linux and on macOS.`,
		Tags: []string{"reset", "read", "write", "order"},
		Refs: []string{"RFC 9293 §3.10.7.4", "tcp_sendmsg_locked (Linux)", "sosendcheck (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.Write("ab")
			server.Read(1)
			server.Close()
			client.AwaitHangup()
			client.Read(16)
			client.Write("c")
			client.Write("d")
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.ECONNRESET),
			byClient(scenario.OpWrite, scenario.EPIPE),
			byClient(scenario.OpWrite, scenario.EPIPE),
		),
	}
}
