// Somebody else sends an RST in the server's name, inside the window but not
// with the exact sequence number.
//
// Who closes: in the end both sides, in order. The forger has guessed a number
// that lies in the client's window, which is far easier than the exact one.
//
// The wire: the RST, and at once an ACK from the client: the challenge ACK of
// RFC 5961 §3.2. A server that had really sent the RST would answer it with an
// exact one; this one ignores it. Data and FINs follow as if nothing had been.
//
// The application, on Linux: tcp_validate_incoming calls
// tcp_send_challenge_ack; nothing is to be seen of it at the socket. On macOS the
// same (tcp_input, tcp_is_ack_ratelimited).

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func forgedResetInWindow() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "forged-reset-in-window",
		Summary: "a forged RST that is not exact: a challenge ACK, no error",
		Story: `A third party sends the client an RST in the server's name. It lies in the
client's window, but it is not exact. The client does not believe it and asks
back with a challenge ACK (RFC 5961, section 3.2). The server, which never sent
an RST, has nothing to say to that, and the connection goes on.`,
		Tags: []string{"reset", "forged", "orderly"},
		Refs: []string{"RFC 5961 §3.2", "tcp_send_challenge_ack (Linux)", "tcp_input (XNU)",
			"https://github.com/FDio/tldk/issues/3"},
		Lab: true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			forge(s, client, 100)
			server.Write("as if nothing had been")
			client.Read(64)
			server.Close()
			client.Read(64)
			client.Close()
		},
		Expect: everywhere(
			scenario.Result{Role: scenario.Client, Op: scenario.OpRead, Fault: scenario.EOF},
		),
	}
}
