// A firewall ends a connection with an RST to each side.
//
// Who closes: nobody. A firewall, or an intrusion detector, has seen enough and
// sends both sides an RST in the other's name.
//
// The wire: two RSTs that no call of either side explains, with exact sequence
// numbers.
//
// The application, on Linux: tcp_validate_incoming believes both (RFC 5961
// §3.2): ECONNRESET for the first call on each side, EOF for the read after it.
// Each side would swear that the other aborted. On macOS the same (tcp_input).

package catalog

import (
	"github.com/rstwatch/rstwatch/scenario"
)

func firewallResetsBoth() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "firewall-resets-both",
		Summary: "a firewall sends both sides an RST in the other's name",
		Story: `The client and the server are connected. A firewall between them does not like
what they say, and sends each of them an RST in the other's name. Both reads
fail with ECONNRESET, "connection reset by peer", and both programs blame the
peer. Only together do the calls of both sides show that neither sent one.`,
		Tags: []string{"reset", "read", "firewall", "forged"},
		Refs: []string{"RFC 5961 §3.2", "tcp_validate_incoming (Linux)", "tcp_input (XNU)"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.Write("forbidden words")
			server.Read(64)
			forge(s, client, 0)
			forge(s, server, 0)
			client.AwaitHangup()
			server.AwaitHangup()
			client.Read(16)
			server.Read(16)
			client.Read(16)
			server.Close()
			client.Close()
		},
		Expect: onlyLinux(
			byClient(scenario.OpRead, scenario.ECONNRESET),
			byServer(scenario.OpRead, scenario.ECONNRESET),
			byClient(scenario.OpRead, scenario.EOF),
		),
	}
}
