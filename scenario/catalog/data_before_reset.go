// The server answers and aborts, and the client still reads the answer.
//
// Who closes: the server, with SO_LINGER at 0 seconds, as in linger-zero.
//
// The wire: five bytes and their acknowledgement, and RST,ACK. There is no FIN.
//
// The application: an RST does not empty the receive queue. What has arrived is
// read first, then the pending error (tcp_recvmsg_locked on Linux, soreceive on
// macOS). RFC 9293 §3.10.7.4 would have the queues flushed; neither kernel does
// that with the one for reading.
//
// The client reads two of the bytes before the abort, so that all of them have
// arrived and no RST can overtake them.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func dataBeforeReset() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "data-before-reset",
		Summary: "the server answers and aborts, the client reads answer and error",
		Story: `The server writes "hello". The client reads two bytes of it, and the server
aborts, with SO_LINGER at 0. The RST does not empty the client's receive queue:
the next read still gets "llo". The one after it gets ECONNRESET,
on Linux and on macOS.`,
		Tags: []string{"reset", "read", "data"},
		Refs: []string{"RFC 9293 §3.10.7.4", "tcp_recvmsg_locked (Linux)", "soreceive (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			server.Write("hello")
			client.Read(2)
			server.SetLinger(0)
			server.Close()
			client.AwaitHangup()
			client.Read(16)
			client.Read(16)
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.ECONNRESET),
		),
	}
}
