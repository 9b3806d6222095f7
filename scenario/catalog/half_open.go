// The client's host has crashed and dials again from the same port, while the
// server believes the old connection to stand.
//
// Who closes: nobody. It is figure 9 of RFC 9293 §3.5.1.
//
// The wire: SYN, and instead of SYN,ACK the server's challenge ACK for the old
// connection; the client's RST to that; the SYN again, and a handshake.
//
// The application, on Linux: the client's dial succeeds. It got an acknowledgement
// of what it had never sent and answered with an RST
// (tcp_rcv_synsent_state_process, TCP_INVALID_ACK_SEQUENCE), which ended the old
// connection: the server's read on that gets ECONNRESET. The same function has the
// SYN sent again at once, within some milliseconds, and not after the second that
// a lost one takes. On macOS the same RST (tcp_input), and the second.

package catalog

import (
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func halfOpen() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "half-open",
		Summary: "the client's host reboots and dials from the same port as before",
		Story: `The client's host goes down and comes up; the server knows of nothing. The
client dials again, by chance from the same port. Its SYN meets the old
connection: the server answers with a challenge ACK, and the client's kernel,
which knows of nothing either, with an RST. That ends the old connection: the
server's read fails with ECONNRESET. The client's SYN is sent again at once, and
the dial succeeds.`,
		Tags: []string{"reset", "read", "dial", "half-open"},
		Refs: []string{"RFC 9293 §3.5.1", "RFC 5961 §4.2", "tcp_rcv_synsent_state_process (Linux)", "tcp_input (XNU)"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.Vanish(lab.Vanish)
			again := s.DialFrom(scenario.Client, client.Local(), client.Remote())
			server.AwaitHangup()
			server.Read(16)
			server.Close()
			other := s.Accept(again)
			again.Write("a")
			other.Read(16)
			other.SetLinger(0)
			other.Close()
			again.Close()
		},
		Expect: everywhere(
			byServer(scenario.OpRead, scenario.ECONNRESET),
		),
	}
}
