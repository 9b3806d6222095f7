// Connection tracking finds a segment invalid, and the connection dies of it.
//
// Who closes: nobody. A firewall takes one segment for invalid, as
// nf_conntrack does with data beyond the window that it has in mind, and
// rejects it with an RST to its sender. It lets the rest through.
//
// The wire: the server's segment, and an RST to the server in the client's
// name. The client gets nothing of either; but it sends data of its own, and
// the server's kernel, which has no such connection any more, answers that with
// a second RST (NO_SOCKET).
//
// The application, on Linux: ECONNRESET on both sides, from two different RSTs,
// of which neither host's program sent one. On macOS the same (tcp_input).

package catalog

import (
	"time"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func firewallInvalid() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "firewall-invalid",
		Summary: "a firewall takes one segment of the server's for invalid and resets the server",
		Story: `A long transfer runs through a firewall that keeps track of connections. One
segment of the server's looks invalid to it, and it rejects it with an RST to
the server, whose read fails with ECONNRESET. The client has heard nothing: its
read times out, and it writes on. Its data gets through, meets no connection
any more, and draws a second RST: the client's read fails as well.`,
		Tags: []string{"reset", "read", "firewall"},
		Refs: []string{"RFC 5961 §3.2", "nf_send_reset (Linux)", "tcp_v4_rcv (Linux)", "https://github.com/kubernetes/kubernetes/issues/117924"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			server.Write("part one")
			client.Read(16)
			lift := under(s, "reject the next segment", func() (*lab.Rule, error) {
				m := from(server)
				m.HasPayload = true
				return lab.RejectReset(m)
			})
			server.Write("part two")
			server.AwaitHangup()
			server.Read(16)
			lift()
			client.ReadWithin(16, 50*time.Millisecond)
			client.Write("go on")
			client.AwaitHangup()
			client.Read(16)
			server.Close()
			client.Close()
		},
		Expect: onlyLinux(
			byServer(scenario.OpRead, scenario.ECONNRESET),
			byClient(scenario.OpRead, scenario.Deadline),
			byClient(scenario.OpRead, scenario.ECONNRESET),
		),
	}
}
