// The client closes under its own blocked write.
//
// Who closes: the client, in another goroutine than the one that writes; then the
// server, which has read nothing.
//
// The wire: data until the server's window is full. The client's FIN has to queue
// behind the octets that the socket has taken, so none is seen; the server's close
// throws away what it has, and sends an RST.
//
// The application: Go wakes the write (FD.Close, internal/poll), which returns
// how much the socket had taken, and net.ErrClosed. That number says nothing of
// what the server has read; Close gave no error, and everything was lost.

package catalog

import (
	"github.com/rstwatch/rstwatch/scenario"
)

func closeBlockedWrite() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "close-blocked-write",
		Summary: "the client closes under its own blocked write",
		Story: `The client writes more than the sockets take, and nobody reads: the call blocks.
Another goroutine of the client closes the connection. Go wakes the write, which
returns how much it had handed over, and net.ErrClosed, on Linux and on macOS.
The server then closes without having read: what the client's kernel still had
to send is lost, and the client's Close returned no error.`,
		Tags: []string{"write", "blocked", "local", "large"},
		Refs: []string{"RFC 9293 §3.10.4", "RFC 2525 §2.17", "FD.Close (Go, internal/poll)", "__tcp_close (Linux)",
			"https://github.com/golang/go/issues/66543"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			large := tooMuch(client)
			join := s.Go(func() { client.Write(large) })
			server.AwaitData()
			client.Close()
			join()
			server.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpWrite, scenario.Closed),
		),
	}
}
