// Both sides dial each other at once, and neither listens.
//
// Who closes: the server aborts in the end, with SO_LINGER at 0.
//
// The wire: SYN from the client, which is lost; SYN from the server; SYN,ACK from
// the client, and ACK. With both SYNs on their way at once there would be two
// SYN,ACKs.
//
// The application: both dials succeed (RFC 9293 §3.5, figure 7). A socket in
// SYN_SENT that gets a SYN goes to SYN_RECV and sends SYN,ACK
// (tcp_rcv_synsent_state_process on Linux, tcp_input on macOS). Programs that
// traverse NATs do it on purpose.

package catalog

import (
	"context"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func simultaneousOpen() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "simultaneous-open",
		Summary: "both sides dial each other, and neither listens",
		Story: `The client dials the server's port, where nobody listens; its SYN is lost on the
way. Before it is sent again the server dials the client's port. The client,
which waits for a SYN,ACK, gets a SYN, and answers with a SYN,ACK itself: both
dials succeed, and there is one connection. Data flows; then the server aborts,
and the client's read fails with ECONNRESET.`,
		Tags: []string{"dial", "reset", "loss"},
		Refs: []string{"RFC 9293 §3.5", "tcp_rcv_synsent_state_process (Linux)", "tcp_input (XNU)"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			here, there := s.Bind(), s.Bind()
			rule, lift := drop(s, "the client's SYN", lab.Match{From: here, To: there, Flags: lab.SYN, Mask: lab.SYN | lab.ACK, Inbound: true})
			var client *scenario.Peer
			join := s.Go(func() { client = s.DialFrom(scenario.Client, here, there) })
			s.Wait("the client's SYN", func(ctx context.Context) error { return rule.Await(ctx, 1) })
			server := s.DialFrom(scenario.Server, there, here)
			join()
			lift()
			client.Write("hello")
			server.Read(5)
			server.SetLinger(0)
			server.Close()
			client.AwaitHangup()
			client.Read(16)
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.ECONNRESET),
		),
	}
}
