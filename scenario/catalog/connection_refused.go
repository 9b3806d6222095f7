// The client dials a port that nobody listens on.
//
// Who closes: nobody, for nothing was ever open. The server's socket is bound
// to the port and does not listen; it is there to keep others from the port.
//
// The wire: a SYN, and RST,ACK in answer, with sequence number 0 and the SYN
// acknowledged (RFC 9293 §3.5.2, group 1).
//
// The application: Dial fails with ECONNREFUSED. On Linux tcp_v4_rcv finds no
// listener and sends the RST (NO_SOCKET), and tcp_rcv_synsent_state_process
// makes ECONNREFUSED of one that acknowledges the SYN. On macOS the same, by
// tcp_input and tcp_drop; a firewall in stealth mode would send nothing, and
// the dial would time out.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func connectionRefused() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "connection-refused",
		Summary: "the client dials a port that nobody listens on",
		Story: `The server holds a port, but nobody listens on it. The client dials:
the SYN finds no listener, and the kernel answers it with RST,ACK.
The dial fails with "connection refused", ECONNREFUSED, on Linux and on macOS.
It is the one error that an RST causes before there is a connection.`,
		Tags: []string{"dial", "reset"},
		Refs: []string{"RFC 9293 §3.5.2", "tcp_rcv_synsent_state_process (Linux)", "tcp_drop (XNU)"},
		Play: func(s *scenario.Stage) {
			s.Dial(s.Bind())
		},
		Expect: everywhere(
			scenario.Result{Role: scenario.Client, Op: scenario.OpDial, Fault: scenario.ECONNREFUSED},
		),
	}
}
