// A firewall rejects the client's data, and only the client hears of it.
//
// Who closes: nobody. A firewall rejects a segment of the client's in the
// middle of the connection ("reject with tcp reset") and does not let it
// through.
//
// The wire: the client's data, and an RST to it in the server's name. The
// server gets neither. When it writes, its data meets a client that has no such
// connection any more, and the client's kernel answers with an RST of its own
// (NO_SOCKET).
//
// The application, on Linux: ECONNRESET for the client's read at once; the
// server's call fails only after it has written, however late that is. On macOS
// the same (tcp_input).

package catalog

import (
	"time"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func firewallResetsClientOnly() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "firewall-resets-client-only",
		Summary: "a firewall rejects the client's data with an RST; the server hears nothing",
		Story: `The client writes, and a firewall rejects that with an RST to the client, in
the server's name. The client's read fails with ECONNRESET. The server has got
neither the data nor an RST, and stays connected to nobody: its read times out.
Its next write succeeds, the client's kernel answers with an RST, and the
server's read fails with ECONNRESET too.`,
		Tags: []string{"reset", "read", "firewall"},
		Refs: []string{"RFC 9293 §3.5.2", "nf_send_reset (Linux)", "tcp_v4_rcv (Linux)", "https://github.com/kubernetes/kubernetes/issues/74839"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.Write("hello")
			server.Read(16)
			lift := under(s, "reject the client's data", func() (*lab.Rule, error) {
				m := from(client)
				m.HasPayload = true
				return lab.RejectReset(m)
			})
			client.Write("forbidden words")
			client.AwaitHangup()
			client.Read(16)
			lift()
			server.ReadWithin(16, 50*time.Millisecond)
			server.Write("still here")
			server.AwaitHangup()
			server.Read(16)
			server.Close()
			client.Close()
		},
		Expect: onlyLinux(
			byClient(scenario.OpRead, scenario.ECONNRESET),
			byServer(scenario.OpRead, scenario.Deadline),
			byServer(scenario.OpRead, scenario.ECONNRESET),
		),
	}
}
