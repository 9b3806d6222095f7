// The server closes while the client is blocked in a read.
//
// Who closes: the server first, with nothing unread; then the client.
//
// The wire: a FIN from each side, acknowledged. There is no RST.
//
// The application: the FIN wakes the read, which returns io.EOF (tcp_fin and
// sk_state_change on Linux, socantrcvmore on macOS). The read after it gets io.EOF
// too: an end of the stream, unlike an error, is there for everyone.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func finBlockedRead() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "fin-blocked-read",
		Summary: "the server closes while the client is blocked in a read",
		Story: `The client reads, and there is nothing to read: the call blocks.
The server closes. The FIN wakes the read, which returns io.EOF; another read
returns io.EOF again, on Linux and on macOS. An error would have been delivered
once only.`,
		Tags: []string{"fin", "read", "blocked"},
		Refs: []string{"RFC 9293 §3.6", "tcp_fin (Linux)", "socantrcvmore (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			join := s.Go(func() { client.Read(16) })
			server.Close()
			join()
			client.Read(16)
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.EOF),
			byClient(scenario.OpRead, scenario.EOF),
		),
	}
}
