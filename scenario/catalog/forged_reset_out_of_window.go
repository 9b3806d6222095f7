// Somebody else sends an RST in the server's name, far outside the window.
//
// Who closes: in the end both sides, in order. The forger has guessed a number
// blindly; of 2³² only those in the window count for anything at all.
//
// The wire: the RST, and no answer to it. Data and FINs follow.
//
// The application, on Linux: tcp_sequence finds nothing of the segment in the
// window, and an RST is then dropped without a word (tcp_validate_incoming);
// anything else would draw a duplicate ACK. On macOS the same (tcp_input).

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func forgedResetOutOfWindow() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "forged-reset-out-of-window",
		Summary: "a forged RST outside the window: nothing at all",
		Story: `A third party sends the client an RST in the server's name, with a number that
lies far outside the client's window. The client drops it and says nothing, not
even with a challenge ACK. The server writes, the client reads it, and both
close in good order. A capture that shows an RST has not shown a reset yet.`,
		Tags: []string{"reset", "forged", "orderly"},
		Refs: []string{"RFC 9293 §3.10.7.4", "RFC 5961 §3.2", "tcp_sequence (Linux)", "tcp_input (XNU)",
			"https://github.com/smoltcp-rs/smoltcp/pull/1164"},
		Lab: true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			forge(s, client, 1<<30)
			server.Write("as if nothing had been")
			client.Read(64)
			server.Close()
			client.Read(64)
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.EOF),
		),
	}
}
