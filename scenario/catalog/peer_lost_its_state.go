// The server's host loses its state, as in a crash, and the client writes.
//
// Who closes: nobody. The connection and the listener are forgotten without a
// segment (the host was switched off, a virtual machine or a container replaced,
// a NAT or load balancer restarted). RFC 9293 §3.5.1 calls it half-open.
//
// The wire: the client's data, and RST from a host that knows of no such
// connection. Until the client sends, nothing tells it.
//
// The application, on Linux: the write succeeds. tcp_v4_rcv finds no socket and
// answers with an RST (NO_SOCKET), which has the exact number, for it repeats the
// client's own acknowledgement. The client's read gets ECONNRESET. On macOS the
// same, unless its firewall is in stealth mode: then the write is sent again and
// again, until ETIMEDOUT.

package catalog

import (
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func peerLostItsState() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "peer-lost-its-state",
		Summary: "the server's host has rebooted, the client writes",
		Story: `The client and the server are connected. The server's host goes down and comes
up again. Nothing has told the client, and its write of "a" succeeds.
The host knows of no such connection, and nobody listens on the port: it answers
with an RST. The client's read fails with ECONNRESET.`,
		Tags: []string{"reset", "read", "half-open"},
		Refs: []string{"RFC 9293 §3.5.1", "RFC 9293 §3.10.7.1", "tcp_v4_rcv (Linux)", "tcp_input (XNU)",
			"https://github.com/sidorares/node-mysql2/issues/907"},
		Lab: true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			s.CloseListener()
			server.Vanish(lab.Vanish)
			client.Write("a")
			client.AwaitHangup()
			client.Read(16)
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.ECONNRESET),
		),
	}
}
