// The client dials a port where nobody listens, and meets itself.
//
// Who closes: the client, with SO_LINGER at 0 seconds, so that no TIME_WAIT holds
// the port.
//
// The wire: SYN from a port to the same port, SYN,ACK likewise; every segment is
// the client's own, on its way out and on its way in.
//
// The application: RFC 9293 §3.5 wants crossing SYNs to make a connection, and it
// is no matter that both are of one socket (tcp_rcv_synsent_state_process on Linux,
// tcp_input on macOS). It happens by chance where a program dials a local port in
// the ephemeral range again and again while its server is down: now and then the
// kernel picks that port for the client's own. The dial succeeds, what is written
// is read back, and the server cannot be started, for its port is in use. Go's
// dialer recognises it and tries again (net, selfConnect), but not where the
// program chose the local port itself, as here.

package catalog

import (
	"time"

	"github.com/rstwatch/rstwatch/scenario"
)

func selfConnect() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "self-connect",
		Summary: "a dial to a port where nobody listens succeeds: it met itself",
		Story: `Nobody listens. The client dials from the very port that it dials to, as happens
by chance with ports in the ephemeral range. Its SYN comes back to it, and TCP
takes that for a simultaneous open: the dial succeeds. The client writes "ping"
and reads it: its own. It waits for an answer until its own deadline.`,
		Tags: []string{"dial", "local", "deadline"},
		Refs: []string{"RFC 9293 §3.5", "tcp_rcv_synsent_state_process (Linux)", "tcp_input (XNU)", "selfConnect (Go, net)",
			"https://github.com/tokio-rs/tokio/issues/3405", "https://github.com/nodejs/node/issues/2927"},
		Play: func(s *scenario.Stage) {
			at := s.Bind()
			client := s.DialFrom(scenario.Client, at, at)
			client.Write("ping")
			client.Read(4)
			client.ReadWithin(4, 10*time.Millisecond)
			client.SetLinger(0)
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.Deadline),
		),
	}
}
