// The server's host loses its state, the server has been started again, and the
// client writes.
//
// Who closes: nobody, as in peer-lost-its-state; but the server listens again.
//
// The wire: the same in every byte: data, and an RST without ACK.
//
// The application, on Linux: the listener gets a segment with ACK that belongs to
// none of its connections (tcp_rcv_state_process, LISTEN), and an RST answers it;
// the kernel's word for the reason is TCP_FLAGS. Here the client writes first
// after that: ECONNRESET for the write on Linux. On macOS the write gets EPIPE,
// and ECONNRESET waits for the reader.

package catalog

import (
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func peerLostItsStateListening() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "peer-lost-its-state-listening",
		Summary: "the server's host has rebooted and listens again, the client writes",
		Story: `The client and the server are connected. The server's host goes down and comes
up again, and the server listens on the same port as before.
The client's write of "a" succeeds, but what arrives belongs to none of the
listener's connections: an RST answers it. The client's write of "b" fails with
ECONNRESET on Linux, and with EPIPE on macOS.`,
		Tags: []string{"reset", "write", "half-open", "listener"},
		Refs: []string{"RFC 9293 §3.5.1", "RFC 9293 §3.10.7.2", "tcp_rcv_state_process (Linux)", "tcp_input (XNU)"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			s.CloseListener()
			server.Vanish(lab.Vanish)
			s.ListenAgain()
			client.Write("a")
			client.AwaitHangup()
			client.Write("b")
			client.Close()
		},
		Expect: map[string][]scenario.Result{
			"linux":  {byClient(scenario.OpWrite, scenario.ECONNRESET)},
			"darwin": {byClient(scenario.OpWrite, scenario.EPIPE)},
		},
	}
}
