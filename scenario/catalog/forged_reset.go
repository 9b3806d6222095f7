// Somebody else sends an RST in the server's name, with the exact sequence
// number.
//
// Who closes: nobody. A third party (a middlebox, an attacker on the path)
// sends the client an RST that the server knows nothing of.
//
// The wire: the handshake and the RST. When the server writes, its data meets
// a client that has no such connection any more, and the client's kernel
// answers with an RST of its own.
//
// The application, on Linux: tcp_validate_incoming finds the sequence number to
// be RCV.NXT and believes the RST (RFC 5961 §3.2); ECONNRESET for the client's
// read. The server lives on in ESTABLISHED until it sends; then tcp_v4_rcv at
// the client finds no socket (NO_SOCKET), and the server's read fails with
// ECONNRESET too. On macOS the same (tcp_input).

package catalog

import (
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func forgedReset() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "forged-reset",
		Summary: "a third party sends an exact RST in the server's name",
		Story: `The client and the server are connected. A third party sends the client an RST
in the server's name, with just the sequence number that the client expects.
The client believes it: its read fails with ECONNRESET. The server knows of
nothing. When it writes, the client's kernel answers with an RST, for it has no
such connection any more, and the server's read fails as well.`,
		Tags: []string{"reset", "read", "forged"},
		Refs: []string{"RFC 5961 §3.2", "tcp_validate_incoming (Linux)", "tcp_input (XNU)"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			forge(s, client, 0)
			client.AwaitHangup()
			client.Read(16)
			server.Write("still here")
			server.AwaitHangup()
			server.Read(16)
			server.Close()
			client.Close()
		},
		Expect: everywhere(
			scenario.Result{Role: scenario.Client, Op: scenario.OpRead, Fault: scenario.ECONNRESET},
			scenario.Result{Role: scenario.Server, Op: scenario.OpRead, Fault: scenario.ECONNRESET},
		),
	}
}

// forge sends victim an RST in its peer's name, off octets beyond what it
// expects next.
func forge(s *scenario.Stage, victim *scenario.Peer, off uint32) {
	s.Act("forge an RST", func() error {
		at, err := lab.Sequence(victim.Raw())
		if err != nil {
			return err
		}
		return lab.Forge(lab.Forged{From: victim.Remote(), To: victim.Local(), Flags: lab.RST, Seq: at.RcvNxt + off})
	})
}
