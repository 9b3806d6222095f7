// The listener's queue is full, and another client dials.
//
// Who closes: nobody. The server does not accept; its queue has room for one, and
// that one is there.
//
// The wire: a whole handshake for the first client; of the second a SYN, and
// nothing.
//
// The application, on Linux: tcp_conn_request drops a SYN while the accept queue is
// full (sk_acceptq_is_full, ListenOverflows in netstat -s), whatever
// tcp_abort_on_overflow says. The second client's dial waits; the SYN would be sent
// again after a second, and again. Its own deadline ends it. When the server has
// accepted, a dial succeeds at once. XNU drops the SYN as well (tcp_input,
// sonewconn).

package catalog

import (
	"net"
	"time"

	"github.com/rstwatch/rstwatch/scenario"
)

func backlogFull() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "backlog-full",
		Summary: "the accept queue is full: the SYN is dropped, the dial times out",
		Story: `The server's queue has room for one connection, and one waits in it. A second
client dials. The server's kernel drops its SYN and says nothing, and the client
waits until its own deadline. From outside that cannot be told from a host that
is down. The server accepts the first connection; the third dial succeeds, and
only the connections that were never served have made it fail.`,
		Tags: []string{"listener", "dial", "deadline", "backlog"},
		Refs: []string{"RFC 9293 §3.8.1", "tcp_conn_request (Linux)", "sonewconn (XNU)",
			"https://github.com/netdata/netdata/issues/3234"},
		Lab: true,
		Play: func(s *scenario.Stage) {
			at := s.Listen()
			s.Backlog(0)
			first := s.Dial(at)
			s.AwaitQueue()
			s.DialWith(net.Dialer{Timeout: 50 * time.Millisecond}, at)
			served := s.Accept(first)
			third := s.Dial(at)
			also := s.Accept(third)
			served.SetLinger(0)
			served.Close()
			also.SetLinger(0)
			also.Close()
			first.Close()
			third.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpDial, scenario.Deadline),
		),
	}
}
