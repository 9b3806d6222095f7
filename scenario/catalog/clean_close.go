// Both sides close with nothing left to read.
//
// Who closes: the server first, after its last word; the client once it has
// read everything.
//
// The wire: data, a FIN from the server, a FIN from the client, each of them
// acknowledged. There is no RST.
//
// The application: the client's read returns the data, the next one io.EOF:
// read(2) returned 0, because the FIN has arrived and nothing is queued (RFC
// 9293 §3.6; tcp_fin and tcp_recvmsg_locked on Linux, soreceive on macOS). EOF
// is no error. This is what the other stories are to be compared with.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func cleanClose() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "clean-close",
		Summary: "both sides close with nothing left to read",
		Story: `The server sends "bye" and closes, with a FIN. The client reads "bye",
reads again and gets io.EOF: the server has said all it had to say.
Then the client closes too, with a FIN of its own.
Nothing was left unread on either side, so there is no RST: this is how a
connection should end, on Linux and on macOS.`,
		Tags: []string{"fin", "read"},
		Refs: []string{"RFC 9293 §3.6", "tcp_fin (Linux)", "soreceive (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			server.Write("bye")
			server.Close()
			client.Read(16)
			client.Read(16)
			client.Close()
		},
		Expect: everywhere(
			scenario.Result{Role: scenario.Client, Op: scenario.OpRead, Fault: scenario.EOF},
		),
	}
}
