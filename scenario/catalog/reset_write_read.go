// The server closes with a byte unread; the client writes, and then reads.
//
// Who closes: the server, with one of two bytes unread, as in reset-on-read.
//
// The wire: the same as there.
//
// The application, on Linux: the RST leaves ECONNRESET as the pending error
// (tcp_reset). The write takes it (sk_stream_error), and the read finds no error
// any more, only RCV_SHUTDOWN: it returns io.EOF (tcp_recvmsg_locked), as if the
// server had said all it had to say. A program that reads and writes in two
// goroutines, and believes its reader, takes a cut stream for a whole one. On
// macOS the write tests SS_CANTSENDMORE first, EPIPE, and the error stays for the
// read, ECONNRESET (sosendcheck, soreceive).

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func resetWriteRead() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "reset-write-read",
		Summary: "the server resets, the client writes and then reads: a silent EOF",
		Story: `The server closes with a byte unread, which sends an RST, as in reset-on-read.
The client writes first, and on Linux that takes the pending error, ECONNRESET.
Then it reads: the error has been delivered, so the read gets io.EOF, as if the
stream had ended well. On macOS the write gets EPIPE and leaves the error to the
read, which gets ECONNRESET.`,
		Tags: []string{"reset", "write", "read", "order"},
		Refs: []string{"RFC 9293 §3.10.7.4", "tcp_recvmsg_locked (Linux)", "sosendcheck (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.Write("ab")
			server.Read(1)
			server.Close()
			client.AwaitHangup()
			client.Write("c")
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
