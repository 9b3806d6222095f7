// Both sides end their streams at the same time.
//
// Who closes: both, with CloseWrite in two goroutines, so that they can still be
// asked what they see.
//
// The wire: a FIN from each side, acknowledged. Where the FINs cross both sides go
// through CLOSING (RFC 9293 §3.6, case 3, figure 13); where one arrives first the
// other side goes through CLOSE-WAIT and LAST-ACK. Which it is depends on who is
// quick, and the results do not.
//
// The application: each side reads io.EOF, because a FIN has come, and its write
// gets EPIPE, because its own has gone. Neither is an error of the network.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func simultaneousClose() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "simultaneous-close",
		Summary: "both sides end their streams at the same time",
		Story: `Client and server call CloseWrite at the same time. Their FINs may cross on the
way, or one may be first; TCP has states for either.
For the programs it is the same: each reads io.EOF, as the other has finished,
and each gets EPIPE if it writes, as it has finished itself. There is no RST, on
Linux or on macOS.`,
		Tags: []string{"half-close", "fin", "read", "write", "local"},
		Refs: []string{"RFC 9293 §3.6", "tcp_fin (Linux)", "tcp_input (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			join := s.Go(server.CloseWrite)
			client.CloseWrite()
			join()
			client.Read(16)
			client.Write("x")
			server.Read(16)
			server.Write("y")
			client.Close()
			server.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.EOF),
			byClient(scenario.OpWrite, scenario.EPIPE),
			byServer(scenario.OpRead, scenario.EOF),
			byServer(scenario.OpWrite, scenario.EPIPE),
		),
	}
}
