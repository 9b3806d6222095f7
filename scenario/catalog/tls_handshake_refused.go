// A client without TLS speaks to a port with TLS.
//
// Who closes: the server, whose handshake has failed at the first octets. It has
// read no further.
//
// The wire: a request in plain text, and an RST,ACK.
//
// The application: the server knows what has happened, "first record does not
// look like a TLS handshake" (Conn.readRecordOrCCS). The client learns none of
// it: ECONNRESET, for its request was longer than what the server had read. A
// short request would have been read to its end, and answered with a FIN: the
// same mistake shows as io.EOF then.

package catalog

import (
	"crypto/tls"
	"strings"

	"github.com/rstwatch/rstwatch/scenario"
)

func tlsHandshakeRefused() *scenario.Scenario {
	// More than crypto/tls reads before it looks at the first record.
	request := "GET / HTTP/1.1\r\nHost: server\r\nCookie: " + strings.Repeat("c", 4000) + "\r\n\r\n"
	return &scenario.Scenario{
		Name:    "tls-handshake-refused",
		Summary: "plain HTTP to a port with TLS: ECONNRESET",
		Story: `The client sends a request in plain text to a port where TLS is spoken. The
server reads its beginning: "tls: first record does not look like a TLS
handshake", and closes. The rest of the request is unread: an RST goes out.
The client reads ECONNRESET, which says nothing of TLS. Of a shorter request
nothing would have been unread, and the client would get io.EOF.`,
		Tags: []string{"tls", "reset", "read"},
		Refs: []string{"RFC 8446 §5.1", "RFC 2525 §2.17", "Conn.readRecordOrCCS (Go, crypto/tls)", "__tcp_close (Linux)",
			"https://github.com/openssl/openssl/issues/27293"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			forServer, _ := configs(s)
			client.Write(request)
			sv := tls.Server(server.Lend(), forServer)
			s.Library(scenario.Server, scenario.OpTLSHandshake, sv.Handshake)
			server.Close()
			client.AwaitHangup()
			client.Read(64)
			client.Close()
		},
		Expect: everywhere(
			byServer(scenario.OpTLSHandshake, scenario.Other),
			byClient(scenario.OpRead, scenario.ECONNRESET),
		),
	}
}
