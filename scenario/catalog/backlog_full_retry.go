// The listener's queue is full when a client dials, and has room a second later.
//
// Who closes: the client, in order.
//
// The wire: SYN, and a second later the same SYN again; then a handshake.
//
// The application: the dial succeeds and nothing fails. It only takes a second,
// the initial retransmission timeout (RFC 6298 §2). Further SYNs follow after two,
// three, four and five seconds, then seven, on Linux since 6.5
// (tcp_syn_linear_timeouts) and on macOS; before, after three and seven. So who
// sees connects that take whole seconds looks at a SYN that was lost or dropped. On
// Linux tcp_conn_request drops it while the queue is full; the counter is
// ListenOverflows of netstat -s. XNU drops it as well (sonewconn).

package catalog

import (
	"context"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func backlogFullRetry() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "backlog-full-retry",
		Summary: "the queue is full for a moment: the dial takes a second",
		Story: `The server's queue has room for one connection, and one waits in it. A second
client dials, and its SYN is dropped. At once the server accepts the first, and
there is room again; but the client's kernel sends the SYN anew only after a
second. Then the dial succeeds. No call has failed: a connect that takes a
second, or another whole number of them, is all that there is to see.`,
		Tags: []string{"listener", "dial", "backlog", "timer"},
		Refs: []string{"RFC 6298 §2", "tcp_conn_request (Linux)", "sonewconn (XNU)",
			"https://github.com/netdata/netdata/issues/3234"},
		Lab:  true,
		Slow: true,
		Play: func(s *scenario.Stage) {
			at := s.Listen()
			s.Backlog(0)
			first := s.Dial(at)
			s.AwaitQueue()
			syns, lift := watch(s, "SYNs", lab.Match{To: at, Flags: lab.SYN, Mask: lab.SYN | lab.ACK, Inbound: true})
			var second *scenario.Peer
			join := s.Go(func() { second = s.Dial(at) })
			s.Wait("the second client's SYN", func(ctx context.Context) error { return syns.Await(ctx, 1) })
			served := s.Accept(first)
			join()
			lift()
			also := s.Accept(second)
			second.Close()
			also.Read(16)
			also.Close()
			served.SetLinger(0)
			served.Close()
			first.Close()
		},
		Expect: everywhere(
			byServer(scenario.OpRead, scenario.EOF),
		),
	}
}
