// The client ends its own stream, and the server aborts instead of answering.
//
// Who closes: the client one direction, with CloseWrite; the server the whole,
// with SO_LINGER at 0 seconds.
//
// The wire: the client's FIN, and RST,ACK from the server; the acknowledgement of
// the FIN comes before it or with it.
//
// The application: the client is in FIN-WAIT-1 or FIN-WAIT-2, where an RST is
// "connection reset" as in ESTABLISHED (RFC 9293 §3.10.7.4): the read that waited
// for the answer gets ECONNRESET (tcp_reset on Linux, tcp_input on macOS). That
// the client has sent a FIN does not make the reset any milder.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func halfCloseAbort() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "half-close-abort",
		Summary: "the client half-closes, the server aborts: the read is reset",
		Story: `The client calls CloseWrite: a FIN. The server reads to io.EOF, and then aborts
with SO_LINGER at 0, where an answer was due.
The client, which has finished sending and not receiving, reads, and gets
ECONNRESET, on Linux and on macOS.`,
		Tags: []string{"half-close", "reset", "read"},
		Refs: []string{"RFC 9293 §3.10.7.4", "tcp_reset (Linux)", "tcp_input (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.CloseWrite()
			server.Read(16)
			server.SetLinger(0)
			server.Close()
			client.AwaitHangup()
			client.Read(16)
			client.Close()
		},
		Expect: everywhere(
			byServer(scenario.OpRead, scenario.EOF),
			byClient(scenario.OpRead, scenario.ECONNRESET),
		),
	}
}
