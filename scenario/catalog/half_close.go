// The client ends its own stream and still gets its answer.
//
// Who closes: the client one direction, with CloseWrite (shutdown(2), SHUT_WR);
// the server the other, with Close, when it has answered.
//
// The wire: the question and the client's FIN; the answer, sent towards a side
// that has finished sending; the server's FIN. There is no RST.
//
// The application: both sides read to io.EOF. After CloseWrite the client is in
// FIN-WAIT-1, then FIN-WAIT-2, where it goes on receiving (RFC 9293 §3.6; on
// Linux tcp_shutdown sends the FIN, on macOS tcp_usr_shutdown). Had it called
// Close instead, the answer would have met a socket that nobody reads from, and
// would have been answered with an RST.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func halfClose() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "half-close",
		Summary: "the client ends its own stream and still gets its answer",
		Story: `The client writes "question" and calls CloseWrite: a FIN says that no more
will come from this side. The server reads to io.EOF, so it knows that the
question is whole; it writes "answer" and closes. The client reads the answer,
and io.EOF. Both FINs are there and no RST, on Linux and on macOS.
A Close in place of CloseWrite would have turned the answer into an RST.`,
		Tags: []string{"half-close", "fin", "read"},
		Refs: []string{"RFC 9293 §3.6", "tcp_shutdown (Linux)", "tcp_usr_shutdown (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.Write("question")
			client.CloseWrite()
			server.Read(16)
			server.Read(16)
			server.Write("answer")
			server.Close()
			client.Read(16)
			client.Read(16)
			client.Close()
		},
		Expect: everywhere(
			scenario.Result{Role: scenario.Server, Op: scenario.OpRead, Fault: scenario.EOF},
			scenario.Result{Role: scenario.Client, Op: scenario.OpRead, Fault: scenario.EOF},
		),
	}
}
