// The client shuts down reading, and the server writes.
//
// Who closes: the client its reading side, with CloseRead, of which the wire
// shows nothing; the server the connection, when it has written.
//
// The wire, on Linux: the data, the server's FIN, and their acknowledgement.
//
// The application, on Linux: tcp_shutdown does nothing for SHUT_RD but set
// RCV_SHUTDOWN. A read with nothing queued gets io.EOF; what arrives later is
// queued, acknowledged and read like any other (tcp_recvmsg_locked). On macOS
// sorflush empties the queue, and data that comes after it is answered with an
// RST (tcp_input, SS_CANTRCVMORE): the client reads io.EOF for ever.
//
// That the server's FIN is acknowledged shows that the data before it is queued.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func closeReadThenData() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "close-read-then-data",
		Summary: "the client shuts down reading, and on Linux still reads what comes",
		Story: `The client calls CloseRead, and reads: io.EOF. Then the server writes "hello"
and closes. On Linux CloseRead is a note to oneself: the data is queued and
acknowledged, and the client reads "hello", and io.EOF again.
On macOS the data is answered with an RST, and the client reads io.EOF each
time.`,
		Tags: []string{"read", "data", "local"},
		Refs: []string{"RFC 9293 §3.6", "tcp_shutdown (Linux)", "sorflush (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.CloseRead()
			client.Read(16)
			server.Write("hello")
			server.Close()
			server.AwaitFINAcked()
			client.Read(16)
			client.Read(16)
			client.Close()
		},
		Expect: map[string][]scenario.Result{
			"linux": {
				byClient(scenario.OpRead, scenario.EOF),
				byClient(scenario.OpRead, scenario.EOF),
			},
			"darwin": {
				byClient(scenario.OpRead, scenario.EOF),
				byClient(scenario.OpRead, scenario.EOF),
				byClient(scenario.OpRead, scenario.EOF),
			},
		},
	}
}
