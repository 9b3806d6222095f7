// The SYN gets no answer, and the program's patience ends.
//
// Who closes: the client, before there is a connection: its dialler has a
// timeout.
//
// The wire: a SYN that a firewall drops on its way in. The kernel would send it
// again after a second.
//
// The application: net.Dialer gives up when its Timeout is over. The error says
// "i/o timeout"; errors.Is finds context.DeadlineExceeded in it, or
// os.ErrDeadlineExceeded, whichever of two timers was first. The kernel's own
// ETIMEDOUT comes only after more than two minutes (tcp_syn_retries).

package catalog

import (
	"net"
	"time"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func dialTimeout() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "dial-timeout",
		Summary: "a firewall drops the SYN, and the dialler's own timeout ends the wait",
		Story: `The server listens, but a firewall in front of it drops the client's SYN and
says nothing. The client dials with a timeout of a fifth of a second, which is
over before the kernel has sent the SYN again. The error is the program's own,
"i/o timeout"; the kernel would have gone on for more than two minutes.`,
		Tags: []string{"dial", "timeout", "deadline", "firewall"},
		Refs: []string{"RFC 9293 §3.8.3", "net.Dialer.deadline (Go, net)", "tcp_write_timeout (Linux)",
			"https://github.com/dedis/onet/issues/468"},
		Lab: true,
		Play: func(s *scenario.Stage) {
			at := s.Listen()
			under(s, "drop the SYN", func() (*lab.Rule, error) { return lab.Drop(lab.Match{To: at, Inbound: true}) })
			s.DialWith(net.Dialer{Timeout: 200 * time.Millisecond}, at)
		},
		Expect: onlyLinux(byClient(scenario.OpDial, scenario.Deadline)),
	}
}
