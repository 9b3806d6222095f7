// The server's process is killed when it has read all that has arrived.
//
// Who closes: the server's kernel, for a process that SIGKILL has ended.
//
// The wire: FIN,ACK from the server, as if it had closed in good order; the
// client's next data draws an RST (TCP_TIMEWAIT_SOCKET).
//
// The application: the client's read says EOF, which a protocol without a length
// or an end mark takes for a reply that is complete. Its next write succeeds, and
// the one after fails with EPIPE. macOS: the same (soclose_locked).

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func killedWithoutUnreadData() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "killed-without-unread-data",
		Summary: "the server's process is killed with nothing unread: a clean EOF",
		Story: `The client writes "a", and the server reads it. Then its process is killed.
The kernel closes its socket in good order: a FIN goes out. The client reads EOF
and cannot know that it was a crash. It writes "b", which succeeds and draws an
RST, for nobody has the connection any more; its write of "c" fails with EPIPE.`,
		Tags: []string{"fin", "reset", "write", "killed"},
		Refs: []string{"RFC 9293 §3.6", "inet_release (Linux)", "soclose_locked (XNU)"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.Write("a")
			server.Read(1)
			kill(s, server)
			client.AwaitFIN()
			client.Read(16)
			server.AwaitFINAcked()
			client.Write("b")
			client.AwaitHangup()
			client.Write("c")
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.EOF),
			byClient(scenario.OpWrite, scenario.EPIPE),
		),
	}
}
