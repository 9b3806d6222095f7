// What the client sends is lost, and TCP_USER_TIMEOUT ends the wait.
//
// Who closes: the client's kernel, of itself.
//
// The wire: the data, and the same data again and again (RFC 6298 §5); no
// answer. When the time is over the client falls silent: no RST is sent.
//
// The application, on Linux: the write had succeeded. tcp_write_timeout finds
// that the data has been unacknowledged for longer than TCP_USER_TIMEOUT allows
// and tcp_write_err makes ETIMEDOUT the pending error, which the read takes; EOF
// and EPIPE after that. err.Timeout() is true, os.ErrDeadlineExceeded it is not.
// The server knows of nothing, and meets an RST at its next segment. macOS has no
// such option; its own timeout sends an RST (tcp_drop).

package catalog

import (
	"time"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func userTimeout() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "user-timeout",
		Summary: "the client's data is lost on its way in: ETIMEDOUT after TCP_USER_TIMEOUT",
		Story: `The client writes, and the write succeeds: the kernel has the data. On its way
in it is lost, every time that the kernel sends it again. The socket has
TCP_USER_TIMEOUT, as gRPC sets it; when that is over the client's read fails
with "connection timed out", ETIMEDOUT. No RST tells the server, which still
believes itself connected.`,
		Tags: []string{"timeout", "read", "write", "loss"},
		Refs: []string{"RFC 5482 §3", "RFC 9293 §3.8.3", "tcp_write_timeout (Linux)", "https://github.com/grpc/grpc-go/issues/7542"},
		Lab:  true, Slow: true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			s.Act("set TCP_USER_TIMEOUT", func() error { return lab.UserTimeout(client.Raw(), 300*time.Millisecond) })
			heal := losing(s, client)
			client.Write("lost")
			client.AwaitHangup()
			client.Read(16)
			client.Read(16)
			client.Write("x")
			heal()
			client.Close()
			server.Close()
		},
		Expect: onlyLinux(
			byClient(scenario.OpRead, scenario.ETIMEDOUT),
			byClient(scenario.OpRead, scenario.EOF),
			byClient(scenario.OpWrite, scenario.EPIPE),
		),
	}
}
