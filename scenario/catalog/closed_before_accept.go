// The client writes and closes before the server has accepted.
//
// Who closes: the client, with nothing unread.
//
// The wire: the handshake, three bytes, FIN,ACK from the client; the server's reply
// draws an RST.
//
// The application: accept returns the connection like any other, whatever has
// become of it. The server reads the three bytes and EOF, which may mean a client
// that waits for the reply or one that has gone; its write succeeds, and the next
// one fails with EPIPE. A server that has been too busy for long serves nobody but
// the dead in this way. macOS: the same.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func closedBeforeAccept() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "closed-before-accept",
		Summary: "the client writes and closes before it is accepted",
		Story: `The client dials, writes "abc" and closes, all before the server accepts: it had
no patience. The accept succeeds all the same. The server reads "abc", and then
EOF. It writes a reply, which succeeds and draws an RST, for nobody has the
connection any more; its next write fails with EPIPE.`,
		Tags: []string{"listener", "fin", "reset", "write"},
		Refs: []string{"RFC 9293 §3.6", "inet_csk_accept (Linux)", "sosendcheck (XNU)"},
		Play: func(s *scenario.Stage) {
			client := s.Dial(s.Listen())
			s.AwaitQueue()
			client.Write("abc")
			client.Close()
			server := s.Accept(client)
			server.AwaitFIN()
			client.AwaitFINAcked()
			server.Read(16)
			server.Read(16)
			server.Write("reply")
			server.AwaitHangup()
			server.Write("more")
			server.Close()
		},
		Expect: everywhere(
			byServer(scenario.OpRead, scenario.EOF),
			byServer(scenario.OpWrite, scenario.EPIPE),
		),
	}
}
