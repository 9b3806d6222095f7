// A stale RST arrives, and then the one that counts.
//
// Who closes: the server, with SO_LINGER at 0 seconds. Before that an RST has
// arrived whose number lies before what the client expects: it is as old as a
// segment that has been answered twice.
//
// The wire: data from the server, RST (stale), RST,ACK (exact).
//
// The application, on Linux: tcp_validate_incoming drops the first silently, for
// in ESTABLISHED only RCV.NXT counts, and RCV.NXT-1 only after a FIN
// (tcp_reset_check). The second kills: ECONNRESET. Whoever blames the first RST in
// a capture blames the wrong one. On macOS the same, for the first lies before
// last_ack_sent-1 (tcp_input).

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func staleResetThenReal() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "stale-reset-then-real",
		Summary: "the first RST is stale and ignored, the second resets",
		Story: `The server writes "hello", which the client reads. An RST arrives that is older
than that: the client ignores it, and its connection goes on. Then the server
aborts with SO_LINGER at 0, and that RST has the number which the client
expects. The client's read fails with ECONNRESET, for the second RST and not for
the first.`,
		Tags: []string{"reset", "read", "forged"},
		Refs: []string{"RFC 5961 §3.2", "RFC 9293 §3.10.7.4", "tcp_validate_incoming (Linux)", "tcp_input (XNU)"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			server.Write("hello")
			client.Read(5)
			forge(s, client, back(6))
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

// back is a distance backwards in the space of sequence numbers.
func back(n uint32) uint32 { return -n }
