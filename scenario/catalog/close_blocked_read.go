// The client closes under its own blocked read.
//
// Who closes: the client, in another goroutine than the one that reads; then the
// server.
//
// The wire: a FIN from each side. There is no RST.
//
// The application: Go wakes the read itself (internal/poll, FD.Close), and it
// returns net.ErrClosed, "use of closed network connection". That is no news of
// the network, and no kernel has such an error: with bare system calls close(2)
// would leave the read blocked. Go closes the descriptor once the read has left
// it; then the FIN goes out.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func closeBlockedRead() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "close-blocked-read",
		Summary: "the client closes under its own blocked read",
		Story: `The client reads, and there is nothing to read: the call blocks.
Another goroutine of the client closes the connection. Go wakes the read, which
returns net.ErrClosed, "use of closed network connection", on Linux and on
macOS. The network had no part in it: the server sees a FIN as ever, io.EOF.`,
		Tags: []string{"read", "blocked", "local", "fin"},
		Refs: []string{"RFC 9293 §3.10.4", "FD.Close (Go, internal/poll)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			join := s.Go(func() { client.Read(16) })
			client.Close()
			join()
			server.Read(16)
			server.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.Closed),
			byServer(scenario.OpRead, scenario.EOF),
		),
	}
}
