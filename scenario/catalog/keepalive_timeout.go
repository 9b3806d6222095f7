// The peer is silently gone, and keep-alive finds out.
//
// Who closes: the client's kernel, of itself.
//
// The wire: nothing while the connection is idle; then a keep-alive probe, an
// ACK of the octet before the next (RFC 9293 §3.8.4), which is lost on its way
// in; and when no answer has come, RST,ACK from the client, which is lost too.
//
// The application, on Linux: tcp_keepalive_timer counts the probes, sends an
// RST (TCP_KEEPALIVE_TIMEOUT) and makes ETIMEDOUT the pending error. The read
// that had waited all the time takes it. Go probes after 15 seconds, every 15
// seconds, 9 times; here it is one second, and once. On macOS the same
// (tcp_timers, TCPT_KEEP).

package catalog

import (
	"time"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func keepaliveTimeout() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "keepalive-timeout",
		Summary: "the path is dead and nobody writes: keep-alive probes find out, ETIMEDOUT",
		Story: `The connection is idle and the client waits in a read. The path dies: nothing
that the client sends arrives any more. Without data nobody would ever notice,
but the client's kernel sends a keep-alive probe, gets no answer, aborts the
connection with an RST and fails the read: "connection timed out", ETIMEDOUT.`,
		Tags: []string{"timeout", "read", "keep-alive", "reset"},
		Refs: []string{"RFC 9293 §3.8.4", "RFC 1122 §4.2.3.6", "tcp_keepalive_timer (Linux)", "tcp_timers (XNU)", "https://github.com/grpc/grpc-go/issues/6250"},
		Lab:  true, Slow: true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			heal := losing(s, client)
			s.Act("probe soon, and once", func() error { return lab.KeepAlive(client.Raw(), time.Second, time.Second, 1) })
			client.Read(16)
			client.Read(16)
			heal()
			client.Close()
			server.Close()
		},
		Expect: onlyLinux(
			byClient(scenario.OpRead, scenario.ETIMEDOUT),
			byClient(scenario.OpRead, scenario.EOF),
		),
	}
}
