// Somebody else sends an RST to a client whose server has half-closed, one short
// of the number that is expected.
//
// Who closes: the server its sending side; the RST is nobody's.
//
// The wire: FIN,ACK from the server, RST with the number of that FIN. The server
// lives on in FIN_WAIT2, and its next data would meet a client without the
// connection.
//
// The application, on Linux: after a FIN an RST that has not counted it is believed
// too (tcp_reset_check), for a host that has forgotten its connection answers
// older segments so. In CLOSE_WAIT the pending error is EPIPE, not ECONNRESET
// (tcp_reset), and only a write shows it: reads say EOF. On macOS the number is
// accepted as well; there the read gets ECONNRESET, and the write EPIPE.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func forgedResetCloseWait() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "forged-reset-close-wait",
		Summary: "after a FIN, an RST one short of the exact number is believed",
		Story: `The server shuts down its sending side: a FIN. Then an RST arrives in its name,
with the number of that FIN, one less than what the client expects next.
In any other state it would be ignored; after a FIN it is believed. The client's
read says EOF on Linux, for the FIN came first, and its write fails with EPIPE.
On macOS the read fails with ECONNRESET, and the write with EPIPE.`,
		Tags: []string{"reset", "read", "write", "forged", "fin"},
		Refs: []string{"RFC 5961 §3.2", "tcp_reset_check (Linux)", "tcp_reset (Linux)", "tcp_input (XNU)"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			server.CloseWrite()
			client.AwaitFIN()
			forge(s, client, back(1))
			client.AwaitHangup()
			client.Read(16)
			client.Write("a")
			client.Close()
			server.Close()
		},
		Expect: map[string][]scenario.Result{
			"linux":  {byClient(scenario.OpRead, scenario.EOF), byClient(scenario.OpWrite, scenario.EPIPE)},
			"darwin": {byClient(scenario.OpRead, scenario.ECONNRESET), byClient(scenario.OpWrite, scenario.EPIPE)},
		},
	}
}
