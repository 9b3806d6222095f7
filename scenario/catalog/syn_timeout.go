// The SYN gets no answer, and the kernel gives up.
//
// Who closes: the client's kernel, before there is a connection.
//
// The wire: a SYN, and after a second the same SYN again (RFC 6298 §2). A
// firewall drops both on their way in.
//
// The application, on Linux: tcp_write_timeout counts the retransmissions
// (tcp_syn_retries, 6: over two minutes) or, as here, the time that
// TCP_USER_TIMEOUT allows; tcp_write_err then fails the dial with ETIMEDOUT,
// "connection timed out". On macOS the dial fails with ETIMEDOUT too, after 75
// seconds (TCPT_KEEP).

package catalog

import (
	"net"
	"syscall"
	"time"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func synTimeout() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "syn-timeout",
		Summary: "a firewall drops every SYN, until the kernel gives up: ETIMEDOUT",
		Story: `The server listens, but a firewall in front of it drops the client's SYN and
says nothing. The client waits without a timeout of its own. Its kernel sends
the SYN again and in the end gives up: "connection timed out", ETIMEDOUT. That
takes more than two minutes; here TCP_USER_TIMEOUT makes it one second.`,
		Tags: []string{"dial", "timeout", "firewall"},
		Refs: []string{"RFC 9293 §3.8.3", "RFC 6298 §2", "tcp_write_timeout (Linux)", "tcp_timers (XNU)",
			"https://github.com/btcsuite/btcd/pull/891"},
		Lab: true, Slow: true,
		Play: func(s *scenario.Stage) {
			at := s.Listen()
			under(s, "drop the SYN", func() (*lab.Rule, error) { return lab.Drop(lab.Match{To: at, Inbound: true}) })
			s.DialWith(net.Dialer{Control: func(_, _ string, raw syscall.RawConn) error {
				return lab.UserTimeout(raw, 500*time.Millisecond)
			}}, at)
		},
		Expect: onlyLinux(byClient(scenario.OpDial, scenario.ETIMEDOUT)),
	}
}
