// The listener closes while the client's connection waits to be accepted.
//
// Who closes: the server its listener; it never had the connection.
//
// The wire: the handshake, and RST,ACK from the server's kernel.
//
// The application: the dial succeeded, for the kernel completes the handshake
// without asking the program. When the listener closes, whatever is in its queue
// is aborted (inet_csk_listen_stop on Linux, soabort on macOS), and the client's
// read gets ECONNRESET. So a server that restarts resets clients it has never
// heard of.
//
// The listener waits until the connection is in its queue: a dial returns before
// the last segment of the handshake has arrived.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func listenerClosedWithQueue() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "listener-closed-with-queue",
		Summary: "the listener closes with the connection still unaccepted",
		Story: `The client dials, which succeeds: the kernel answers for the server, and puts
the connection into the listener's queue. Before anyone accepts it the listener
closes. Its kernel aborts what is in the queue, with an RST.
The client reads, and gets ECONNRESET, on Linux and on macOS.`,
		Tags: []string{"listener", "reset", "read"},
		Refs: []string{"RFC 9293 §3.10.4", "inet_csk_listen_stop (Linux)", "soabort (XNU)"},
		Play: func(s *scenario.Stage) {
			client := s.Dial(s.Listen())
			s.AwaitQueue()
			s.CloseListener()
			client.AwaitHangup()
			client.Read(16)
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.ECONNRESET),
		),
	}
}
