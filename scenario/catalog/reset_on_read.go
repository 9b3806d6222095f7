// The server closes with a byte unread, and the client reads.
//
// Who closes: the server, which has read one of two bytes. A close would tell
// the client that everything has arrived, which is not so; the kernel aborts
// the connection instead (RFC 2525 §2.17; RFC 1122 §4.2.2.13).
//
// The wire: the handshake, the two bytes and their acknowledgement, and then
// RST,ACK from the server. There is no FIN.
//
// The application, on Linux: __tcp_close finds octets in the receive queue and
// calls tcp_send_active_reset (TCP_ABORT_ON_CLOSE). The server's Close returns
// nil. At the client tcp_reset makes ECONNRESET the pending error, and the read
// takes it. On macOS the same: tcp_disconnect finds the octets and calls
// tcp_drop, and soreceive returns so_error.
//
// The client waits for the hang-up before it reads. A read that comes earlier
// blocks and fails in the same way; so the wait only makes the order plain.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func resetOnRead() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "reset-on-read",
		Summary: "the server closes with a byte unread, the client reads",
		Story: `The client writes "ab". The server reads one byte of it and closes.
One byte was never read: the server's kernel does not say goodbye with a FIN,
it aborts the connection with an RST (RFC 2525, section 2.17).
The client reads once the RST has arrived, and gets "connection reset by peer",
ECONNRESET, on Linux and on macOS.`,
		Tags: []string{"reset", "read"},
		Refs: []string{"RFC 2525 §2.17", "RFC 1122 §4.2.2.13", "__tcp_close (Linux)", "tcp_disconnect (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.Write("ab")
			server.Read(1)
			server.Close()
			client.AwaitHangup()
			client.Read(16)
			client.Close()
		},
		Expect: everywhere(
			scenario.Result{Role: scenario.Client, Op: scenario.OpRead, Fault: scenario.ECONNRESET},
		),
	}
}
