// The client writes and aborts before the server has accepted.
//
// Who closes: the client, with SO_LINGER at 0 seconds.
//
// The wire: the handshake, three bytes and their acknowledgement, RST,ACK from
// the client.
//
// The application, on Linux: the connection stays in the listener's queue, and
// accept returns it like any other (inet_csk_accept looks at no error); Linux
// never says ECONNABORTED here. The server reads the three bytes, and then
// ECONNRESET. On macOS an IPv4 listener does the same; an IPv6 one returns the
// socket without an address, which Go closes, to wait for the next: over IPv6 the
// story does not come to its end there.
//
// The client waits until its connection is in the queue. An RST that came before
// the last segment of the handshake would have taken it away.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func acceptAfterReset() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "accept-after-reset",
		Summary: "the client writes and aborts before it is accepted",
		Story: `The client dials, writes "abc" and aborts with SO_LINGER at 0, all before the
server accepts. The accept succeeds all the same: the connection was in the
queue, reset or not. The server reads "abc", and then gets ECONNRESET,
on Linux and, over IPv4, on macOS.`,
		Tags: []string{"listener", "reset", "read", "data"},
		Refs: []string{"RFC 9293 §3.10.7.4", "inet_csk_accept (Linux)", "soacceptlock (XNU)"},
		Play: func(s *scenario.Stage) {
			client := s.Dial(s.Listen())
			s.AwaitQueue()
			client.Write("abc")
			client.SetLinger(0)
			client.Close()
			server := s.Accept(client)
			server.AwaitHangup()
			server.Read(16)
			server.Read(16)
			server.Close()
		},
		Expect: everywhere(
			byServer(scenario.OpRead, scenario.ECONNRESET),
		),
	}
}
