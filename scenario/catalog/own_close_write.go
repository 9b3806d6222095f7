// The client ends its own stream and writes.
//
// Who closes: the client one direction, with CloseWrite; the server the other,
// when it has answered.
//
// The wire: the client's FIN, the answer, the server's FIN. There is no RST, and
// the write sends nothing.
//
// The application: the write gets EPIPE from the client's own kernel, which knows
// SEND_SHUTDOWN (tcp_sendmsg_locked) or SS_CANTSENDMORE (sosendcheck on macOS).
// Reading is not affected. "Broken pipe" alone says nothing about the other side.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func ownCloseWrite() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "own-close-write",
		Summary: "the client writes after its own CloseWrite: EPIPE, and no RST",
		Story: `The client calls CloseWrite, and writes: "broken pipe", EPIPE. No RST has come,
and nobody but the client has broken anything; the write sends nothing.
The connection lives on: the server answers, and the client reads the answer
and io.EOF, on Linux and on macOS.`,
		Tags: []string{"half-close", "write", "local"},
		Refs: []string{"RFC 9293 §3.10.2", "tcp_sendmsg_locked (Linux)", "sosendcheck (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.CloseWrite()
			client.Write("x")
			server.Read(16)
			server.Write("answer")
			server.Close()
			client.Read(16)
			client.Read(16)
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpWrite, scenario.EPIPE),
			byServer(scenario.OpRead, scenario.EOF),
			byClient(scenario.OpRead, scenario.EOF),
		),
	}
}
