// A reset connection with TLS on it, read twice.
//
// Who closes: the server, with SO_LINGER at 0 seconds.
//
// The wire: an RST,ACK.
//
// The application: the socket gives its error away once (see reset-twice-read):
// the first read has it. tls.Conn keeps it (halfConn.setErrorLocked) and returns
// it again and again, without asking the socket: with TLS who tries again after
// an error is not told that all is well.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func tlsResetRemembered() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "tls-reset-remembered",
		Summary: "TLS read twice after a reset: ECONNRESET both times",
		Story: `The server aborts a TLS connection, and the client reads twice. The socket would
return ECONNRESET once and io.EOF afterwards, as reset-twice-read shows.
But tls.Conn remembers the first error for good, and returns ECONNRESET again,
without another read of the socket.
So code that tries again behaves otherwise with TLS than without.`,
		Tags: []string{"tls", "reset", "read", "order"},
		Refs: []string{"RFC 9293 §3.10.7.4", "halfConn.setErrorLocked (Go, crypto/tls)", "tcp_recvmsg_locked (Linux)",
			"https://github.com/golang/go/issues/29971"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			c, _ := secure(s, client, server)
			server.SetLinger(0)
			server.Close()
			client.AwaitHangup()
			tlsRead(s, scenario.Client, c)
			tlsRead(s, scenario.Client, c)
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpTLSRead, scenario.ECONNRESET),
			byClient(scenario.OpRead, scenario.ECONNRESET),
			byClient(scenario.OpTLSRead, scenario.ECONNRESET),
		),
	}
}
