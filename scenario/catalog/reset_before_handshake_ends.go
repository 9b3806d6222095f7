// The client aborts while the server still waits for the last segment of the
// handshake.
//
// Who closes: the client, with SO_LINGER at 0 seconds. It is connected, as far as
// it knows; the answer to the server's SYN,ACK has been lost.
//
// The wire: SYN; SYN,ACK; RST,ACK from the client. Then another client's handshake.
//
// The application, on Linux: what the server has is no socket yet but a request
// (TCP_NEW_SYN_RECV), and an exact RST makes the kernel forget it (tcp_check_req).
// The accept never returns it: it returns the client that came after. Had the last
// segment not been lost, the accept would have returned the dead connection, as in
// accept-after-reset. On macOS the same (tcp_input, SYN_RECEIVED).

package catalog

import (
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func resetBeforeHandshakeEnds() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "reset-before-handshake-ends",
		Summary: "the client aborts in the middle of the handshake: never accepted",
		Story: `A client dials, and gets its SYN,ACK; its answer to that is lost. It aborts. The
server has no connection yet, only a request for one, and forgets it with the
RST. Then a second client dials. The server's accept returns this one and never
the first, which has left no trace in any call of the server's. The second
client closes, and the server reads EOF.`,
		Tags: []string{"listener", "reset", "loss", "orderly"},
		Refs: []string{"RFC 9293 §3.10.7.4", "tcp_check_req (Linux)", "tcp_input (XNU)"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			at := s.Listen()
			_, lift := drop(s, "the last ACK of a handshake", lab.Match{To: at, Flags: lab.ACK, Mask: lab.ACK | lab.SYN | lab.RST})
			first := s.Dial(at)
			first.SetLinger(0)
			first.Close()
			lift()
			second := s.Dial(at)
			server := s.Accept(second)
			second.Close()
			server.Read(16)
			server.Close()
		},
		Expect: everywhere(
			byServer(scenario.OpRead, scenario.EOF),
		),
	}
}
