// An administrator ends the connection from outside, as ss -K does.
//
// Who closes: the client's kernel, for somebody with CAP_NET_ADMIN has told it
// to (SOCK_DESTROY).
//
// The wire: RST,ACK from the client, with no call of the client's that
// explains it.
//
// The application, on Linux: tcp_abort makes ECONNABORTED the pending error and
// calls tcp_send_active_reset (TCP_STATE). The client's read takes the error,
// the next one says EOF; the server gets ECONNRESET. macOS has no such thing.

package catalog

import (
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func killedByAdmin() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "killed-by-admin",
		Summary: "ss -K destroys the client's socket: ECONNABORTED",
		Story: `The client and the server are connected and idle. An administrator destroys the
client's socket, as "ss -K" does. The client's kernel sends an RST; no call of
the client's explains it. The client's read fails with "software caused
connection abort", ECONNABORTED, and says EOF after that; the server's read
fails with ECONNRESET.`,
		Tags: []string{"reset", "read", "admin"},
		Refs: []string{"RFC 9293 §3.10.5", "tcp_abort (Linux)"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			s.Act("destroy the client's socket", func() error { return lab.Destroy(client.Local(), client.Remote()) })
			client.AwaitHangup()
			client.Read(16)
			client.Read(16)
			server.AwaitHangup()
			server.Read(16)
			server.Close()
			client.Close()
		},
		Expect: map[string][]scenario.Result{"linux": {
			{Role: scenario.Client, Op: scenario.OpRead, Fault: scenario.ECONNABORTED},
			{Role: scenario.Client, Op: scenario.OpRead, Fault: scenario.EOF},
			{Role: scenario.Server, Op: scenario.OpRead, Fault: scenario.ECONNRESET},
		}},
	}
}
