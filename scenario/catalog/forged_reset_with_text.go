// Somebody else sends an RST in the server's name that says why, in words.
//
// Who closes: nobody. RFC 9293 §3.5.3 lets an RST carry a text for people, and some
// devices on the path use it.
//
// The wire: RST with payload, exact. When the server writes, the client's kernel
// answers with an RST of its own.
//
// The application, on Linux: tcp_reset looks at the header alone and the text is
// thrown away: no read ever returns it. The client's read fails with ECONNRESET.
// Only a capture shows what it said. On macOS the same (tcp_input).

package catalog

import (
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func forgedResetWithText() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "forged-reset-with-text",
		Summary: "an RST that says why: the text reaches no read",
		Story: `A device on the path sends the client an RST in the server's name, and in it a
text: "blocked by policy". The RST has the exact number, and the client believes
it. The text is for people, says RFC 9293, and the kernel throws it away: the
client's read fails with ECONNRESET and returns no byte. A capture has it.
The server knows of nothing until it writes: its read fails with ECONNRESET too.`,
		Tags: []string{"reset", "read", "forged"},
		Refs: []string{"RFC 9293 §3.5.3", "tcp_reset (Linux)", "tcp_input (XNU)"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			s.Act("forge an RST with a text", func() error {
				at, err := lab.Sequence(client.Raw())
				if err != nil {
					return err
				}
				return lab.Forge(lab.Forged{From: client.Remote(), To: client.Local(), Flags: lab.RST,
					Seq: at.RcvNxt, Payload: []byte("blocked by policy")})
			})
			client.AwaitHangup()
			client.Read(64)
			server.Write("still here")
			server.AwaitHangup()
			server.Read(16)
			server.Close()
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.ECONNRESET),
			byServer(scenario.OpRead, scenario.ECONNRESET),
		),
	}
}
