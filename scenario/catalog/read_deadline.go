// The client's own deadline ends a read.
//
// Who closes: both in the end, with nothing left to read; not because of the
// deadline.
//
// The wire: nothing at all while the read waits; then the server's answer and the
// two FINs.
//
// The application: Go's timer wakes the read, which returns
// os.ErrDeadlineExceeded, "i/o timeout" (internal/poll). The kernel knows nothing
// of it and the connection is as good as before: the next read gets the answer.
// ETIMEDOUT is another matter: there the kernel has given up the connection, and
// only its Timeout method makes it look the same.

package catalog

import (
	"time"

	"github.com/rstwatch/rstwatch/scenario"
)

// patience is how long the client waits in vain.
const patience = 10 * time.Millisecond

func readDeadline() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "read-deadline",
		Summary: "the client's own deadline ends a read, and nothing else",
		Story: `The client reads under a deadline, and nothing comes: "i/o timeout",
os.ErrDeadlineExceeded. That is the program's own timer; no segment was sent or
received for it, and the connection has not changed.
The server answers late, and the client's next read gets the answer, and then
io.EOF, on Linux and on macOS.`,
		Tags: []string{"read", "deadline", "local"},
		Refs: []string{"RFC 9293 §3.10.3", "pollDesc.prepareRead (Go, internal/poll)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.ReadWithin(16, patience)
			server.Write("late")
			server.Close()
			client.Read(16)
			client.Read(16)
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.Deadline),
			byClient(scenario.OpRead, scenario.EOF),
		),
	}
}
