// The client ends its own stream, and the server closes with a byte unread.
//
// Who closes: the client one direction, with CloseWrite after two bytes; the
// server, which has read one of them, the whole.
//
// The wire: two bytes, the client's FIN, its acknowledgement, RST,ACK.
//
// The application: the server's close finds a byte in the receive queue, and the
// FIN behind it does not change that: the kernel aborts (RFC 2525 §2.17,
// __tcp_close on Linux, tcp_disconnect on macOS). The client is in FIN-WAIT-2 and
// reads for an answer: ECONNRESET. A server that stops reading when it has seen
// enough of a request does this to clients that half-close.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func unreadHalfClose() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "unread-half-close",
		Summary: "the client half-closes, the server closes with a byte unread",
		Story: `The client writes "ab" and calls CloseWrite: a FIN follows the two bytes.
The server reads one of them and closes. Its kernel finds the other unread and
sends an RST, whether or not a FIN has come behind it.
The client, which waits for an answer, reads ECONNRESET, on Linux and on macOS.`,
		Tags: []string{"half-close", "reset", "read"},
		Refs: []string{"RFC 2525 §2.17", "__tcp_close (Linux)", "tcp_disconnect (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.Write("ab")
			client.CloseWrite()
			server.Read(1)
			server.AwaitFIN()
			client.AwaitFINAcked()
			server.Close()
			client.AwaitHangup()
			client.Read(16)
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.ECONNRESET),
		),
	}
}
