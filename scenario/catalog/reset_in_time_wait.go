// An RST reaches a connection in TIME_WAIT and ends it before its time.
//
// Who closes: the client, then the server; the client is left in TIME_WAIT. The
// RST is nobody's. In the wild an old duplicate reaches the client, which
// acknowledges, and the server's host, where nothing is left of the connection,
// answers that with an RST (RFC 1337, figure 1).
//
// The wire: both FINs, their acknowledgements, RST; and then a new handshake
// between the very same addresses.
//
// The application, on Linux: tcp_timewait_state_process removes the bucket on an
// exact RST, unless net.ipv4.tcp_rfc1337 is set: the TIME-WAIT assassination of
// RFC 1337. The same four numbers can be dialled again at once, where the kernel
// would have said EADDRNOTAVAIL for a second at least, and what is still under
// way of the old connection meets the new one. XNU ignores an RST in TIME_WAIT
// (tcp_input).

package catalog

import (
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func resetInTimeWait() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "reset-in-time-wait",
		Summary: "an RST ends TIME_WAIT early, and the port can be dialled from again",
		Story: `The client closes, and the server does: the client's port stays in TIME_WAIT for
a minute, so that old segments meet no new connection. Then an RST arrives with
the exact number, and Linux forgets the connection at once (RFC 1337 calls it an
assassination). A dial from the same port to the same server succeeds, which
TIME_WAIT would have kept from it.`,
		Tags: []string{"reset", "forged", "time-wait", "dial"},
		Refs: []string{"RFC 1337 §1", "tcp_timewait_state_process (Linux)", "tcp_input (XNU)",
			"https://github.com/micropython/micropython/issues/15844"},
		Lab: true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.Close()
			server.Read(16)
			var at lab.SeqState
			s.Act("read the server's numbers", func() (err error) {
				at, err = lab.Sequence(server.Raw())
				return err
			})
			server.Close()
			server.AwaitGone()
			s.Act("forge an RST", func() error {
				return lab.Forge(lab.Forged{From: server.Local(), To: client.Local(), Flags: lab.RST, Seq: at.SndNxt + 1})
			})
			client.AwaitGone()
			again := s.DialFrom(scenario.Client, client.Local(), client.Remote())
			other := s.Accept(again)
			other.SetLinger(0)
			other.Close()
			again.AwaitHangup()
			again.Read(16)
			again.Close()
		},
		Expect: map[string][]scenario.Result{"linux": {
			byServer(scenario.OpRead, scenario.EOF),
			byClient(scenario.OpRead, scenario.ECONNRESET),
		}},
	}
}
