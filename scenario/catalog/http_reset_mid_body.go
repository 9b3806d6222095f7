// The server aborts in the middle of its answer.
//
// Who closes: the server, with SO_LINGER at 0 seconds; a process that is killed
// with the next request unread does the same.
//
// The wire: part of the answer, and an RST,ACK.
//
// The application: the client reads what has come, and then ECONNRESET, which
// net/http passes on as it is. After a FIN at the same place it would have been
// io.ErrUnexpectedEOF, see http-abort-mid-body: the two texts tell how the
// server ended, and mean the same for the answer.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func httpResetMidBody() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "http-reset-mid-body",
		Summary: "the server aborts in the middle of its answer: ECONNRESET",
		Story: `The client is net/http. The server sends part of the body that it has promised,
and aborts. The client reads the part, then ECONNRESET, which the body's Read
passes on: "read tcp …: read: connection reset by peer".
Had the server closed in good order at the same place, the client would have got
io.ErrUnexpectedEOF.`,
		Tags: []string{"http", "reset", "read", "linger"},
		Refs: []string{"RFC 9112 §8", "RFC 9293 §3.10.7.4", "body.readLocked (Go, net/http)", "tcp_reset (Linux)",
			"https://github.com/golang/go/issues/73458"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			join := s.Go(func() { readBody(s, client) })
			server.Read(requestRoom)
			server.Write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nthe beginning")
			server.SetLinger(0)
			server.Close()
			join()
			client.AwaitClosed()
		},
		Expect: everywhere(
			byClient(scenario.OpHTTPRead, scenario.ECONNRESET),
			byClient(scenario.OpRead, scenario.ECONNRESET),
		),
	}
}
