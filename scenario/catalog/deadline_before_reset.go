// A deadline that has passed hides an RST, for one call.
//
// Who closes: the server, with SO_LINGER at 0 seconds, as in linger-zero.
//
// The wire: the handshake and RST,ACK.
//
// The application: ECONNRESET is pending when the client reads, but the deadline
// of that read has passed. Go looks at its own timer first, and does not ask the
// kernel (pollDesc.prepareRead): os.ErrDeadlineExceeded. The error stays where it
// is, and the next read, without a deadline, takes it. It is Go's order and so the
// same on Linux and on macOS.

package catalog

import (
	"time"

	"github.com/rstwatch/rstwatch/scenario"
)

func deadlineBeforeReset() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "deadline-before-reset",
		Summary: "a deadline that has passed hides a reset from one read",
		Story: `The server aborts, and the RST has arrived: ECONNRESET is pending.
The client reads with a deadline that has passed. Go does not even ask the
kernel: os.ErrDeadlineExceeded. The error is still there, and the next read,
which has no deadline, gets ECONNRESET, on Linux and on macOS.`,
		Tags: []string{"reset", "read", "deadline", "order", "local"},
		Refs: []string{"RFC 9293 §3.10.7.4", "pollDesc.prepareRead (Go, internal/poll)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			server.SetLinger(0)
			server.Close()
			client.AwaitHangup()
			client.ReadWithin(16, -time.Second)
			client.Read(16)
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.Deadline),
			byClient(scenario.OpRead, scenario.ECONNRESET),
		),
	}
}
