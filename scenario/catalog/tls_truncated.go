// The server's stream ends in the middle of a TLS record.
//
// Who closes: the server's socket, without close_notify: it was killed, or
// something in between has cut the stream.
//
// The wire: the beginning of a record, and a FIN.
//
// The application: the socket says io.EOF. For TLS the stream was not to end
// there: tls.Conn.Read returns io.ErrUnexpectedEOF. Between two records Go would
// return io.EOF, although no close_notify had come (readRecordOrCCS): then the
// protocol above must know by itself whether it has got everything.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func tlsTruncated() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "tls-truncated",
		Summary: "a FIN in the middle of a TLS record: unexpected EOF",
		Story: `The handshake is done. The server's stream breaks off in the middle of a record:
a FIN, and no close_notify. The client's socket reads io.EOF; tls.Conn calls it
io.ErrUnexpectedEOF.
Had the stream ended between two records, Go would have said io.EOF, and nobody
could tell that close_notify was missing: whoever cuts there is not noticed.`,
		Tags: []string{"tls", "fin", "read"},
		Refs: []string{"RFC 8446 §6.1", "Conn.readRecordOrCCS (Go, crypto/tls)", "https://github.com/golang/go/issues/49422"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			c, _ := secure(s, client, server)
			server.Write("\x17\x03\x03\x00\x40half of it") // application data, 64 octets
			server.Close()
			client.AwaitFIN()
			tlsRead(s, scenario.Client, c)
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpTLSRead, scenario.UnexpectedEOF),
			byClient(scenario.OpRead, scenario.EOF),
		),
	}
}
