// The listener's queue becomes full before the last segment of a handshake
// arrives, and tcp_abort_on_overflow is set.
//
// Who closes: the server's kernel, for a connection that its application has never
// heard of.
//
// The wire: SYN; SYN,ACK; data; RST without ACK, as from a port where nobody is.
//
// The application, on Linux: the dial has succeeded, and so does the first write.
// Its data completes the handshake, but tcp_v4_syn_recv_sock finds no room in the
// accept queue, and with net.ipv4.tcp_abort_on_overflow tcp_check_req answers with
// an RST (the kernel's reason: INVALID_SYN). The client's read gets ECONNRESET.
// XNU has no such setting.

package catalog

import (
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func backlogFullAbort() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "backlog-full-abort",
		Summary: "the queue is full when the handshake ends, and overflow aborts: RST",
		Story: `Two clients dial a server whose queue has room for one, and whose kernel has
tcp_abort_on_overflow set. The last ACK of the first is lost, and the second
takes the room. The first client believes that it is connected, and its write
succeeds. The server's kernel finds no room and answers with an RST: the
client's read fails with ECONNRESET. The server's program has never seen it.`,
		Tags: []string{"listener", "backlog", "reset", "read"},
		Refs: []string{"RFC 9293 §3.8.1", "tcp_check_req (Linux)"},
		Lab:  true, Alone: true,
		Play: func(s *scenario.Stage) {
			restore := s.Change("let a queue that is full abort", func() (func() error, error) {
				return lab.Sysctl("net.ipv4.tcp_abort_on_overflow", "1")
			})
			first, second, _ := overfill(s)
			first.Write("a")
			first.AwaitHangup()
			first.Read(16)
			restore()
			first.Close()
			other := s.Accept(second)
			other.SetLinger(0)
			other.Close()
			second.Close()
		},
		Expect: map[string][]scenario.Result{"linux": {
			byClient(scenario.OpRead, scenario.ECONNRESET),
		}},
	}
}
