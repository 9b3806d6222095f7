// The client closes and writes.
//
// Who closes: the client, then the server.
//
// The wire: a FIN from each side. The write sends nothing.
//
// The application: the client has no socket any more, so no kernel is asked. Go
// returns net.ErrClosed, "use of closed network connection" (internal/poll,
// ErrNetClosing). A program that sees it has a mistake of its own to look for,
// often a close in another goroutine.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func writeAfterOwnClose() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "write-after-own-close",
		Summary: "the client writes after its own Close",
		Story: `The client closes, and writes: net.ErrClosed, "use of closed network
connection". Go itself says so and asks no kernel, and nothing is sent.
The server sees a FIN as ever and reads io.EOF. So it is on Linux and on macOS.
Unlike EPIPE or ECONNRESET this error always means one's own program.`,
		Tags: []string{"write", "local"},
		Refs: []string{"RFC 9293 §3.10.2", "fdMutex.rwlock (Go, internal/poll)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.Close()
			client.Write("x")
			server.Read(16)
			server.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpWrite, scenario.Closed),
			byServer(scenario.OpRead, scenario.EOF),
		),
	}
}
