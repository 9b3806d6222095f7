// The listener's queue becomes full before the last segment of a handshake
// arrives.
//
// Who closes: nobody, until both do in order. Two clients dial. The last ACK of the
// first is lost, and the second fills the queue meanwhile.
//
// The wire: SYN; SYN,ACK; then data that nobody acknowledges, and the same data
// again after some 200 ms.
//
// The application, on Linux: the first client is connected, as far as it knows, and
// its write succeeds. Its data also completes the handshake, but the queue is full:
// tcp_v4_syn_recv_sock finds no room, and with tcp_abort_on_overflow at 0 the
// segment is dropped in silence (tcp_check_req). When the server has accepted the
// other connection, the retransmission gets in. All that is seen is a delay.

package catalog

import (
	"context"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func backlogFullLate() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "backlog-full-late",
		Summary: "the queue is full when the handshake ends: connected, and not served",
		Story: `Two clients dial a server whose queue has room for one. The last ACK of the
first is lost, and the second takes the room. The first client believes that it
is connected, and its write succeeds. But the server's kernel drops what
arrives, for there is no room. The server accepts the other connection; the
client's kernel sends the data again, 200 ms later, and now all goes on as it
should.`,
		Tags: []string{"listener", "backlog", "loss", "timer"},
		Refs: []string{"RFC 9293 §3.8.1", "tcp_check_req (Linux)",
			"https://github.com/cloudius-systems/osv/issues/283"},
		Lab: true, Slow: true,
		Play: func(s *scenario.Stage) {
			first, second, admit := overfill(s)
			rule, lift := watch(s, "the first client's data", lab.Match{From: first.Local(), To: first.Remote(), HasPayload: true, Inbound: true})
			first.Write("a")
			s.Wait("the data to arrive", func(ctx context.Context) error { return rule.Await(ctx, 1) })
			lift()
			other := s.Accept(second)
			served := s.Accept(first)
			admit()
			served.Read(16)
			first.Close()
			served.Read(16)
			served.Close()
			other.SetLinger(0)
			other.Close()
			second.Close()
		},
		Expect: map[string][]scenario.Result{"linux": {
			byServer(scenario.OpRead, scenario.EOF),
		}},
	}
}

// overfill lets two clients dial a listener whose queue has room for one. The
// first has got its SYN,ACK, and the server has not got the answer to that; the
// second is in the queue. What completes the first one's handshake is its data:
// until admit is called its ACKs are lost, for the server asks again after a second.
func overfill(s *scenario.Stage) (first, second *scenario.Peer, admit func()) {
	at := s.Listen()
	s.Backlog(0)
	_, lift := drop(s, "the last ACK of a handshake", lab.Match{To: at, Flags: lab.ACK, Mask: lab.ACK | lab.SYN})
	first = s.Dial(at)
	_, admit = drop(s, "the first client's ACKs", lab.Match{From: first.Local(), To: at, Flags: lab.ACK, Mask: lab.ACK | lab.PSH | lab.FIN})
	lift()
	second = s.Dial(at)
	s.AwaitQueue()
	return first, second, admit
}

// watch counts what matches and lets it pass.
func watch(s *scenario.Stage, what string, m lab.Match) (rule *lab.Rule, lift func()) {
	m.Skip = 1<<32 - 1
	return drop(s, "none of "+what, m)
}
