// The server answers every probe and yet the client times out.
//
// Who closes: the client's kernel, of itself.
//
// The wire: data until the server's window is shut, then probes of the window,
// each answered with "window 0". The server's host is well; its program does
// not read.
//
// The application, on Linux: without TCP_USER_TIMEOUT the write would wait for
// ever (RFC 9293 §3.8.6.1). With it tcp_probe_timer gives up when the window
// has been shut for so long, answers or not: the write returns what it had
// handed over, and ETIMEDOUT. No RST is sent; the server reads what had come, and
// finds out when it sends something itself.

package catalog

import (
	"errors"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func userTimeoutZeroWindow() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "user-timeout-zero-window",
		Summary: "the server answers every probe of its shut window, and yet the write times out",
		Story: `The client writes more than the server's program reads, which is nothing. The
server's kernel closes its window and answers each of the client's probes. The
host is alive, and yet the client's write fails with "connection timed out",
ETIMEDOUT: TCP_USER_TIMEOUT also limits how long the window may stay shut.`,
		Tags: []string{"timeout", "write", "window"},
		Refs: []string{"RFC 5482 §3", "RFC 9293 §3.8.6.1", "tcp_probe_timer (Linux)"},
		Lab:  true, Slow: true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			s.Act("make the buffers small", func() error {
				return errors.Join(lab.Buffers(client.Raw(), 4096, 0), lab.Buffers(server.Raw(), 0, 4096))
			})
			s.Act("set TCP_USER_TIMEOUT", func() error { return lab.UserTimeout(client.Raw(), 500*time.Millisecond) })
			client.Write(strings.Repeat("x", 1<<20))
			client.Write("x")
			client.Close()
			server.Close()
		},
		Expect: onlyLinux(
			byClient(scenario.OpWrite, scenario.ETIMEDOUT),
			byClient(scenario.OpWrite, scenario.EPIPE),
		),
	}
}
