// A connection times out, but what the program hears is what ICMP said.
//
// Who closes: the client's kernel, of itself.
//
// The wire: the data, again and again, each time answered by a router's ICMP
// error: host unreachable (ICMPv6: address unreachable).
//
// The application, on Linux: on a connection that stands an ICMP error is soft
// (RFC 1122 §4.2.3.9): tcp_v4_err only remembers it, and nothing is to be seen.
// When the timer gives up, tcp_write_err tells it instead of ETIMEDOUT: the read
// fails with EHOSTUNREACH, "no route to host", on a connection that had one. An
// acknowledgement in between would have made it forgotten. On macOS ESTABLISHED
// ignores this error, and it is ETIMEDOUT (tcp_notify).

package catalog

import (
	"time"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func timeoutWithICMP() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "timeout-with-icmp",
		Summary: "the data is answered by ICMP host unreachable: EHOSTUNREACH instead of ETIMEDOUT",
		Story: `The client writes, and the path to the server has died. A router on the way
says so: each time that the client's kernel sends the data again, it gets an
ICMP error, host unreachable. That alone ends nothing. But when the kernel
gives up, it tells this error instead of ETIMEDOUT: the read fails with "no
route to host", EHOSTUNREACH, on a connection that stood.`,
		Tags: []string{"timeout", "read", "icmp"},
		Refs: []string{"RFC 1122 §4.2.3.9", "RFC 5461 §2", "tcp_v4_err (Linux)", "tcp_write_err (Linux)", "https://github.com/systemd/systemd/pull/9774"},
		Lab:  true, Slow: true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			s.Act("set TCP_USER_TIMEOUT", func() error { return lab.UserTimeout(client.Raw(), 300*time.Millisecond) })
			heal := under(s, "answer with host unreachable", unreachable{1, 3}.reject(client.Remote().Addr(), from(client)))
			client.Write("lost")
			client.AwaitHangup()
			client.Read(16)
			client.Read(16)
			heal()
			client.Close()
			server.Close()
		},
		Expect: onlyLinux(
			byClient(scenario.OpRead, "EHOSTUNREACH"),
			byClient(scenario.OpRead, scenario.EOF),
		),
	}
}
