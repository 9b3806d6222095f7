// Two timeouts: Go's deadline comes first, the kernel's later.
//
// Who closes: the client's kernel, of itself, after the program's deadline.
//
// The wire: the data, again and again; no answer.
//
// The application: the read's deadline passes while the kernel still sends the
// data again. That error is Go's own (os.ErrDeadlineExceeded), nothing has
// happened to the connection, and a program may read on. The next read takes
// what tcp_write_err has left: ETIMEDOUT. Both have Timeout() true; errors.Is
// tells them apart. After the first the connection may recover, after the
// second it is gone.

package catalog

import (
	"time"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func deadlineBeforeTimeout() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "deadline-before-timeout",
		Summary: "the program's deadline passes first, then the kernel gives up: two timeouts",
		Story: `The client writes, and what it sends is lost. It reads under a deadline, which
passes: "i/o timeout". That is Go's own error, and the connection still stands.
The kernel goes on sending, until its own timeout: the next read fails with
"connection timed out", ETIMEDOUT. For both errors Timeout() is true, but only
the second one is the end of the connection.`,
		Tags: []string{"timeout", "read", "deadline", "loss"},
		Refs: []string{"RFC 9293 §3.8.3", "FD.Read (Go, internal/poll)", "tcp_write_timeout (Linux)"},
		Lab:  true, Slow: true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			heal := losing(s, client)
			client.Write("lost")
			client.ReadWithin(16, 100*time.Millisecond)
			// Only now, so that a host that is slow can not have the kernel's timeout first.
			s.Act("set TCP_USER_TIMEOUT", func() error { return lab.UserTimeout(client.Raw(), 300*time.Millisecond) })
			client.AwaitHangup()
			client.Read(16)
			heal()
			client.Close()
			server.Close()
		},
		Expect: onlyLinux(
			byClient(scenario.OpRead, scenario.Deadline),
			byClient(scenario.OpRead, scenario.ETIMEDOUT),
		),
	}
}
