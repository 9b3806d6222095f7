// The client shuts down both directions, and the server writes.
//
// Who closes: the client, with CloseWrite and CloseRead, which is not Close: it
// still has its socket.
//
// The wire: the client's FIN; the server's data; and an RST without ACK, from the
// client.
//
// The application, on Linux: new data for a socket that has sent its FIN and will
// not read is answered with an RST, and the socket itself is reset
// (tcp_rcv_state_process, TCP_ABORT_ON_DATA, RFC 1122 §4.2.2.13): the client's
// read gets ECONNRESET although no RST has come. At the server the RST arrives in
// CLOSE_WAIT: its read gets io.EOF, its write EPIPE. On macOS tcp_input answers
// with an RST too, and closes the client's socket without an error: io.EOF; the
// server's read gets ECONNRESET.
//
// The server's hang-up shows that the RST has gone out, and so that the client's
// socket has ended.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func shutdownBothThenData() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "shutdown-both-then-data",
		Summary: "the client shuts down both directions, the server writes",
		Story: `The client calls CloseWrite and CloseRead. The server has seen the FIN, and
writes: its data meets a socket that will not read, and draws an RST.
On Linux that resets the client's own socket too: its read gets ECONNRESET,
although no RST has come to it. The server gets io.EOF and EPIPE.
On macOS the client gets io.EOF, and the server's read ECONNRESET.`,
		Tags: []string{"half-close", "reset", "read", "local"},
		Refs: []string{"RFC 1122 §4.2.2.13", "tcp_rcv_state_process (Linux)", "tcp_input (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.CloseWrite()
			client.CloseRead()
			server.AwaitFIN()
			server.Write("data")
			server.AwaitHangup()
			client.Read(16)
			client.Write("x")
			server.Read(16)
			server.Write("y")
			client.Close()
			server.Close()
		},
		Expect: map[string][]scenario.Result{
			"linux": {
				byClient(scenario.OpRead, scenario.ECONNRESET),
				byClient(scenario.OpWrite, scenario.EPIPE),
				byServer(scenario.OpRead, scenario.EOF),
				byServer(scenario.OpWrite, scenario.EPIPE),
			},
			"darwin": {
				byClient(scenario.OpRead, scenario.EOF),
				byClient(scenario.OpWrite, scenario.EPIPE),
				byServer(scenario.OpRead, scenario.ECONNRESET),
				byServer(scenario.OpWrite, scenario.EPIPE),
			},
		},
	}
}
