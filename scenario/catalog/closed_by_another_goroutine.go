// One goroutine reads, one writes, and a third closes the connection.
//
// Who closes: the client, while both calls are blocked; then the server.
//
// The wire: data until the server's window is full, and the server's RST in the
// end. Nothing on it has ended the client's calls.
//
// The application: both return net.ErrClosed, the write with the number of octets
// that it had handed over. It is how a Go program stops its own goroutines; the
// text "use of closed network connection" is in so many logs because programs do
// not look for errors.Is(err, net.ErrClosed) before they complain.

package catalog

import (
	"github.com/rstwatch/rstwatch/scenario"
)

func closedByAnotherGoroutine() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "closed-by-another-goroutine",
		Summary: "one goroutine closes while others wait in a read and a write: CLOSED",
		Story: `Of the client's goroutines one is blocked in a read, one in a write that the
server does not take. A third closes the connection, as a program does that is
shutting down. Both calls return net.ErrClosed, "use of closed network
connection", on Linux and on macOS: Go wakes them itself, and no segment has
anything to do with it.`,
		Tags: []string{"read", "write", "blocked", "local", "large"},
		Refs: []string{"RFC 9293 §3.10.4", "FD.Close (Go, internal/poll)", "https://github.com/golang/go/issues/4373"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			large := tooMuch(client)
			read := s.Go(func() { client.Read(16) })
			written := s.Go(func() { client.Write(large) })
			server.AwaitData()
			client.Close()
			read()
			written()
			server.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.Closed),
			byClient(scenario.OpWrite, scenario.Closed),
		),
	}
}
