// A firewall answers the SYN with an RST.
//
// Who closes: nobody; there never is a connection. A firewall rejects the
// client's SYN ("reject with tcp reset").
//
// The wire: SYN, and RST,ACK in the server's name. It is the RST of a host
// where nobody listens (RFC 9293 §3.10.7.1), bit for bit, although somebody
// does listen.
//
// The application, on Linux and macOS: ECONNREFUSED, "connection refused", as
// if the server were not running. Only the calls of the server tell that it
// was.

package catalog

import (
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func dialRejectedReset() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "dial-rejected-reset",
		Summary: "a firewall answers the SYN with an RST: refused, although somebody listens",
		Story: `The server listens, but a firewall in front of it rejects the client's SYN with
an RST in the server's name. To the client that looks exactly as if nobody
listened: its dial fails with "connection refused", ECONNREFUSED. The segments
can not tell the two apart; that the server was listening does.`,
		Tags: []string{"dial", "reset", "firewall"},
		Refs: []string{"RFC 9293 §3.10.7.3", "tcp_rcv_synsent_state_process (Linux)", "nf_send_reset (Linux)"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			at := s.Listen()
			under(s, "reject the SYN", func() (*lab.Rule, error) { return lab.RejectReset(lab.Match{To: at, Inbound: true}) })
			s.Dial(at)
		},
		Expect: onlyLinux(byClient(scenario.OpDial, scenario.ECONNREFUSED)),
	}
}
