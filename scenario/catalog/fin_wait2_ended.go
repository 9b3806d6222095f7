// The client writes long after the server has closed: not even its time-wait
// bucket is left.
//
// Who closes: the server, with nothing unread. Linux keeps what is left of it in
// FIN_WAIT2 for tcp_fin_timeout, 60 s; here it is set to one (TCP_LINGER2).
//
// The wire: FIN,ACK from the server and its acknowledgement; a second later the
// client's data, and an RST. It looks like that of broken-pipe.
//
// The application, on Linux: the same as in broken-pipe, EPIPE for the second
// write. Only the kernel's reason is another: the data meets the listener
// (TCP_FLAGS), or nobody at all (NO_SOCKET), not the time-wait bucket
// (TCP_TIMEWAIT_SOCKET). XNU itself sends an RST when FIN_WAIT_2 ends
// (tcp_timers), and the client knows before it writes.
//
// That the bucket is gone no segment tells; the kernel is asked.

package catalog

import (
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func finWait2Ended() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "fin-wait2-ended",
		Summary: "a write after the server's FIN_WAIT2 has run out: RST from the listener",
		Story: `The server closes, with a FIN. The client reads EOF and keeps its connection.
The server's kernel remembers it in FIN_WAIT2 for a minute, here for a second;
then nothing is left of it. The client's write of "a" succeeds and meets the
server's listener, which answers with an RST; its write of "b" fails with EPIPE.`,
		Tags: []string{"fin", "reset", "write", "timer"},
		Refs: []string{"RFC 9293 §3.6", "tcp_fin_time (Linux)", "tcp_timers (XNU)"},
		Lab:  true,
		Slow: true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			s.Act("limit FIN_WAIT2 to a second", func() error { return lab.FINTimeout(server.Raw(), 1) })
			server.Close()
			client.Read(16)
			server.AwaitGone()
			client.Write("a")
			client.AwaitHangup()
			client.Write("b")
			client.Close()
		},
		Expect: map[string][]scenario.Result{"linux": {
			byClient(scenario.OpRead, scenario.EOF),
			byClient(scenario.OpWrite, scenario.EPIPE),
		}},
	}
}
