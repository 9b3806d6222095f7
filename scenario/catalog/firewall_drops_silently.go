// A firewall drops everything in the middle of a connection, and says nothing.
//
// Who closes: both sides, each in its own time, for their deadlines have passed.
//
// The wire: data both ways that never arrives, sent again a few times. No RST,
// no ICMP error, no FIN that arrives.
//
// The application: both writes succeed, and both reads wait until the program's
// own deadline: os.ErrDeadlineExceeded. Nobody is ever told; without a deadline
// each would wait for as long as the kernel sends again (tcp_retries2, a quarter
// of an hour), and a side that only reads for ever. On every system the same.

package catalog

import (
	"time"

	"github.com/rstwatch/rstwatch/scenario"
)

func firewallDropsSilently() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "firewall-drops-silently",
		Summary: "a firewall drops everything in mid-connection: only deadlines end the wait",
		Story: `The client and the server are connected when a firewall between them, which has
lost the connection's state, starts to drop their segments. Both write, and
both writes succeed. Both read under a deadline, and both get "i/o timeout",
their own error. No segment that explains it is on the wire: that nothing
arrives is all there is to see.`,
		Tags: []string{"deadline", "read", "write", "firewall", "loss"},
		Refs: []string{"RFC 5382 §5", "FD.Read (Go, internal/poll)", "tcp_write_timeout (Linux)", "https://github.com/cockroachdb/cockroach/issues/13823"},
		Lab:  true, Slow: true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.Write("hello")
			server.Read(16)
			losing(s, client)
			losing(s, server)
			client.Write("are you there")
			server.Write("are you there")
			client.ReadWithin(16, 100*time.Millisecond)
			server.ReadWithin(16, 100*time.Millisecond)
			client.SetLinger(0)
			client.Close()
			server.SetLinger(0)
			server.Close()
		},
		Expect: onlyLinux(
			byClient(scenario.OpRead, scenario.Deadline),
			byServer(scenario.OpRead, scenario.Deadline),
		),
	}
}
