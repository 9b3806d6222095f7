// The server aborts while the client is blocked in a read.
//
// Who closes: the server, with SO_LINGER at 0 seconds, as in linger-zero.
//
// The wire: the handshake and RST,ACK.
//
// The application: the read has begun before the RST arrives. tcp_reset makes
// ECONNRESET the pending error and wakes whoever waits (sk_error_report), and the
// read returns it; on macOS the same by tcp_input and soisdisconnected. It makes
// no difference to linger-zero, where the RST came first.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func resetBlockedRead() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "reset-blocked-read",
		Summary: "the server aborts while the client is blocked in a read",
		Story: `The client reads, and there is nothing to read: the call blocks.
The server aborts, with SO_LINGER at 0. The RST wakes the read, which returns
ECONNRESET, on Linux and on macOS: the same as if it had come later.`,
		Tags: []string{"reset", "read", "blocked"},
		Refs: []string{"RFC 9293 §3.10.7.4", "sk_error_report (Linux)", "soisdisconnected (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			join := s.Go(func() { client.Read(16) })
			server.SetLinger(0)
			server.Close()
			join()
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.ECONNRESET),
		),
	}
}
