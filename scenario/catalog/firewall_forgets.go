// A firewall forgets an idle connection, and rejects what comes later.
//
// Who closes: nobody. A stateful firewall or NAT gateway has thrown the idle
// connection out of its table. What belongs to no connection that it knows, it
// answers with an RST, and only whoever spoke gets that.
//
// The wire: the server's data, and an RST to it in the client's name. The
// client gets neither.
//
// The application, on Linux: ECONNRESET for the server's read, and nothing at
// all for the client, which waits until its own deadline. The RST is that of a
// host without such a socket (nf_send_reset). On macOS the same (tcp_input).

package catalog

import (
	"time"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func firewallForgets() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "firewall-forgets",
		Summary: "a firewall has forgotten the idle connection, and resets whoever speaks",
		Story: `The connection has been idle for long, and a firewall between the two has
thrown it out of its table. Now the server writes what the client waits for:
the firewall knows no such connection and answers with an RST in the client's
name; the server's read fails with ECONNRESET. The client hears of nothing. Its
read ends with its own deadline, and would not end without one.`,
		Tags: []string{"reset", "read", "firewall", "idle"},
		Refs: []string{"RFC 5382 §5", "RFC 9293 §3.5.2", "nf_send_reset (Linux)", "https://github.com/encode/httpx/issues/2975"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.Write("hello")
			server.Read(16)
			under(s, "reject what is unknown", func() (*lab.Rule, error) {
				m := from(server)
				m.HasPayload = true
				return lab.RejectReset(m)
			})
			server.Write("news")
			server.AwaitHangup()
			server.Read(16)
			client.ReadWithin(16, 50*time.Millisecond)
			server.Close()
			client.Close()
		},
		Expect: onlyLinux(
			byServer(scenario.OpRead, scenario.ECONNRESET),
			byClient(scenario.OpRead, scenario.Deadline),
		),
	}
}
