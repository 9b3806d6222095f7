// Somebody sends an ICMP error about a connection that stands.
//
// Who closes: in the end both sides, in order. The ICMP error is nobody's: a
// forger's, who wants the client to believe that the server has gone (RFC 5927
// §5).
//
// The wire: ICMP port unreachable that quotes a segment of the client's. Data and
// FINs follow as if nothing had been.
//
// The application, on Linux: where a dial would have failed with ECONNREFUSED, an
// established connection only remembers the error (sk_err_soft, tcp_v4_err), and
// forgets it at the next acknowledgement. RFC 1122 §4.2.3.9 would have the
// connection aborted, which made one packet an attack. On macOS likewise
// (tcp_notify, t_softerror).

package catalog

import (
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func forgedICMP() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "forged-icmp",
		Summary: "a forged ICMP error about a connection that stands: no error",
		Story: `The client and the server are connected. An ICMP error arrives at the client,
port unreachable, about a segment of its own. A dial would have failed with
ECONNREFUSED. A connection that stands only takes note, for whoever can guess
two ports and a number could have sent it: data flows, and both sides close in
good order. Only a timer that gives up would speak of it (timeout-with-icmp).`,
		Tags: []string{"icmp", "forged", "orderly"},
		Refs: []string{"RFC 5927 §5", "RFC 1122 §4.2.3.9", "tcp_v4_err (Linux)", "tcp_v6_err (Linux)", "tcp_notify (XNU)"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			s.Act("forge an ICMP error", func() error {
				at, err := lab.Sequence(client.Raw())
				if err != nil {
					return err
				}
				kind, code := lab.ICMPv4Unreachable, uint8(3)
				if client.Local().Addr().Is6() {
					kind, code = lab.ICMPv6Unreachable, 4
				}
				return lab.ForgeICMP(lab.ICMPError{From: client.Remote().Addr(), Type: kind, Code: code,
					Quoted: lab.Forged{From: client.Local(), To: client.Remote(), Flags: lab.ACK, Seq: at.SndNxt}})
			})
			client.Write("as if nothing had been")
			server.Read(64)
			server.Close()
			client.Read(64)
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.EOF),
		),
	}
}
