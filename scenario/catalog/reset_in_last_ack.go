// Both sides have sent their FIN, the client's is lost, and an RST arrives.
//
// Who closes: the server its sending side, then the client its own. The client's
// FIN is lost on the way, so it waits in LAST_ACK for an acknowledgement.
//
// The wire: FIN,ACK from the server, FIN,ACK from the client, RST.
//
// The application, on Linux: here the pending error is ECONNRESET again
// (tcp_reset), but the server's FIN hides it from every read: EOF. A write finds
// it. On macOS a socket in LAST_ACK is closed without an error (tcp_input): EOF
// and EPIPE.

package catalog

import (
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func resetInLastAck() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "reset-in-last-ack",
		Summary: "an RST after both FINs: EOF for the read, ECONNRESET for the write",
		Story: `The server shuts down its sending side, and so does the client; the client's FIN
is lost. While the client waits for its acknowledgement an RST arrives, with the
exact number. The client's read says EOF, as if all were well: the server's FIN
stands before the error. Its write fails with ECONNRESET on Linux, with EPIPE on
macOS.`,
		Tags: []string{"reset", "read", "write", "forged", "fin", "loss"},
		Refs: []string{"RFC 9293 §3.10.7.4", "tcp_reset (Linux)", "tcp_input (XNU)"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			server.CloseWrite()
			client.AwaitFIN()
			_, lift := drop(s, "the client's FIN", lab.Match{From: client.Local(), To: client.Remote(), Flags: lab.FIN, Mask: lab.FIN, Inbound: true})
			client.CloseWrite()
			forge(s, client, 0)
			client.AwaitHangup()
			client.Read(16)
			client.Write("a")
			client.Close()
			server.Close()
			lift()
		},
		Expect: map[string][]scenario.Result{
			"linux":  {byClient(scenario.OpRead, scenario.EOF), byClient(scenario.OpWrite, scenario.ECONNRESET)},
			"darwin": {byClient(scenario.OpRead, scenario.EOF), byClient(scenario.OpWrite, scenario.EPIPE)},
		},
	}
}

// drop loses what matches from now on, until the rule is lifted or the story has
// ended.
func drop(s *scenario.Stage, what string, m lab.Match) (rule *lab.Rule, lift func()) {
	lift = under(s, "lose "+what, func() (_ *lab.Rule, err error) {
		rule, err = lab.Drop(m)
		return rule, err
	})
	return rule, lift
}
