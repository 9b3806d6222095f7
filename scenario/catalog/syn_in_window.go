// A SYN arrives in the middle of a connection.
//
// Who closes: in the end both sides, in order. The SYN is nobody's: a forger's, or
// an old duplicate.
//
// The wire: SYN in the server's name, and the client's challenge ACK. The server,
// which never sent it, has nothing to say to that. Data and FINs follow.
//
// The application, on Linux: RFC 793 would have had the client reset, which made
// any SYN in the window an attack; since RFC 5961 §4.2 it only asks back
// (tcp_validate_incoming). Nothing is to be seen at the socket. On macOS the same
// (tcp_input).

package catalog

import (
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func synInWindow() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "syn-in-window",
		Summary: "a forged SYN within a connection: a challenge ACK, no error",
		Story: `The client and the server are connected. A SYN arrives at the client in the
server's name, in the window. It is not taken for a new connection, nor does it
end the old one: the client asks back with a challenge ACK (RFC 5961, section
4.2). The server, which never sent it, ignores that, and the connection goes on.`,
		Tags: []string{"forged", "orderly"},
		Refs: []string{"RFC 5961 §4.2", "tcp_validate_incoming (Linux)", "tcp_input (XNU)"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			s.Act("forge a SYN", func() error {
				at, err := lab.Sequence(client.Raw())
				if err != nil {
					return err
				}
				return lab.Forge(lab.Forged{From: client.Remote(), To: client.Local(), Flags: lab.SYN, Seq: at.RcvNxt + 100, Window: 1 << 15})
			})
			server.Write("as if nothing had been")
			client.Read(64)
			server.Close()
			client.Read(64)
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.EOF),
		),
	}
}
