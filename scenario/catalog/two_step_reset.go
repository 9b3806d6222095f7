// An RST that is not exact draws a challenge ACK, and that draws one that is.
//
// Who closes: nobody. The server's host has lost the connection; then an RST
// reaches the client that is in the window and not exact, as when data before it
// was lost.
//
// The wire: RST, the client's challenge ACK, and RST from a host that knows of no
// such connection: it repeats the challenge's own acknowledgement, and so is exact.
//
// The application, on Linux: the first RST is only asked about
// (tcp_send_challenge_ack), and the answer to the question resets: ECONNRESET.
// That is what RFC 5961 §3.2 wants, a reset in two steps, the second of which only
// the real peer can make. On macOS the same (tcp_input).

package catalog

import (
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func twoStepReset() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "two-step-reset",
		Summary: "a challenge ACK meets a host without the connection: the exact RST",
		Story: `The server's host has lost the connection, and an RST reaches the client that is
in its window but not exact. The client does not believe it and asks back with a
challenge ACK (RFC 5961, section 3.2). The host, which knows of no such
connection, answers with an RST, now with the very number that the client
expects. The client's read fails with ECONNRESET, one round trip later.`,
		Tags: []string{"reset", "read", "forged", "half-open"},
		Refs: []string{"RFC 5961 §3.2", "RFC 9293 §3.5.2", "tcp_send_challenge_ack (Linux)", "tcp_input (XNU)",
			"https://github.com/FreeRTOS/FreeRTOS-Plus-TCP/issues/1235"},
		Lab: true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			s.CloseListener()
			server.Vanish(lab.Vanish)
			forge(s, client, 100)
			client.AwaitHangup()
			client.Read(16)
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.ECONNRESET),
		),
	}
}
