// What the client sends is lost, and the kernel gives up.
//
// Who closes: the client's kernel, of itself.
//
// The wire: the data, and the same data twice more: first to probe whether the
// tail was lost (RFC 8985 §7), then because RTO has passed. With more
// retransmissions each would wait twice as long (RFC 6298 §5.5). No RST when the
// kernel gives up.
//
// The application, on Linux: tcp_write_timeout gives up after as much time as
// tcp_retries2 retransmissions would take: 15 of them, which is a quarter of an
// hour; here it is none, and about a second. The next write takes ETIMEDOUT, the one
// after it EPIPE, and the read says EOF as if all had gone well. macOS gives up
// after 12 and sends an RST (tcp_timers, TCPT_REXMT).

package catalog

import (
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func retransmissionGivenUp() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "retransmission-given-up",
		Summary: "the client's data is lost until the kernel gives up: the next write ETIMEDOUT",
		Story: `The client writes, and what it sends is lost, every time. Its kernel sends it
again with growing pauses and gives up in the end: after a quarter of an hour
as Linux comes, here in about a second (tcp_retries2). The write itself had
succeeded long before. The next write fails with "connection timed out",
ETIMEDOUT, the one after it with EPIPE.`,
		Tags: []string{"timeout", "write", "loss"},
		Refs: []string{"RFC 9293 §3.8.3", "RFC 6298 §5.5", "tcp_write_timeout (Linux)", "tcp_timers (XNU)", "https://github.com/elastic/elasticsearch/issues/34405"},
		Lab:  true, Slow: true, Alone: true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			s.Change("give up soon", func() (func() error, error) { return lab.Sysctl("net.ipv4.tcp_retries2", "0") })
			heal := losing(s, client)
			client.Write("lost")
			client.AwaitHangup()
			client.Write("x")
			client.Write("x")
			client.Read(16)
			heal()
			client.Close()
			server.Close()
		},
		Expect: onlyLinux(
			byClient(scenario.OpWrite, scenario.ETIMEDOUT),
			byClient(scenario.OpWrite, scenario.EPIPE),
			byClient(scenario.OpRead, scenario.EOF),
		),
	}
}
