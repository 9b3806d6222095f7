// The connection is reset at the client's first words.
//
// Who closes: what looks like the server, before it has read the ClientHello: a
// filter that does not like the name in it, a load balancer without a backend, a
// program that is overloaded.
//
// The wire: the ClientHello, and an RST,ACK. A dial that succeeded says only that
// somebody's kernel has answered.
//
// The application: the handshake fails with what the socket said, ECONNRESET.
// There was no alert: it has nothing to do with certificates or versions.

package catalog

import (
	"crypto/tls"

	"github.com/rstwatch/rstwatch/scenario"
)

func tlsHelloReset() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "tls-hello-reset",
		Summary: "the ClientHello is answered with an RST: the handshake gets ECONNRESET",
		Story: `The client dials, which succeeds, and begins its handshake. The server closes
with the ClientHello unread, as one does that is overloaded, or a filter that
does not like the server's name in it: an RST goes out.
The handshake fails with "read: connection reset by peer". No alert has come, so
TLS has not failed: nobody has spoken it.`,
		Tags: []string{"tls", "reset", "read"},
		Refs: []string{"RFC 8446 §6", "RFC 2525 §2.17", "Conn.clientHandshake (Go, crypto/tls)", "tcp_reset (Linux)",
			"https://github.com/rustls/rustls/issues/333", "https://github.com/golang/go/issues/44663"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			_, forClient := configs(s)
			c := tls.Client(client.Lend(), forClient)
			join := s.Go(func() { s.Library(scenario.Client, scenario.OpTLSHandshake, c.Handshake) })
			server.AwaitData()
			server.Close()
			join()
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpTLSHandshake, scenario.ECONNRESET),
			byClient(scenario.OpRead, scenario.ECONNRESET),
		),
	}
}
