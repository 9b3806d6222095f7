// The server aborts the connection on purpose, and the client reads.
//
// Who closes: the server, with SO_LINGER set to 0 seconds. Close then means ABORT
// (RFC 9293 §3.10.5), although nothing was left unread.
//
// The wire: the handshake and RST,ACK from the server. There is no FIN.
//
// The application, on Linux: __tcp_close calls tcp_disconnect, which calls
// tcp_send_active_reset (TCP_STATE); Close returns nil. At the client tcp_reset
// makes ECONNRESET the pending error, and the read takes it. On macOS the same:
// tcp_disconnect finds SO_LINGER at 0 and calls tcp_drop.
//
// The wire can not tell this abort from that of a close with octets unread
// (reset-on-read); only the calls can.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func lingerZero() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "linger-zero",
		Summary: "the server aborts with SO_LINGER at 0, the client reads",
		Story: `The server sets SO_LINGER to 0 seconds and closes. That asks for an abort:
no FIN, but an RST, although nothing was left unread.
The client reads once the RST has arrived, and gets "connection reset by peer",
ECONNRESET, on Linux and on macOS.`,
		Tags: []string{"reset", "read"},
		Refs: []string{"RFC 9293 §3.10.5", "tcp_disconnect (Linux)", "tcp_disconnect (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			server.SetLinger(0)
			server.Close()
			client.AwaitHangup()
			client.Read(16)
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.ECONNRESET),
		),
	}
}
