// The client speaks after the server's close_notify.
//
// Who closes: the server, with close_notify and a FIN; then the client, with a
// close_notify of its own that nobody waits for.
//
// The wire: an alert and the FIN from the server; a record from the client, and
// an RST for an answer.
//
// The application: tls.Conn.Read has made io.EOF of the alert, and never looks at
// the socket again: neither the FIN nor the RST behind it is news to a reader. A
// write succeeds and draws the RST; then Close can not send its close_notify, and
// says so: EPIPE. The client's close_notify alone would have drawn the same RST,
// unseen by anybody: so most TLS connections end, and it is harmless.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func tlsCloseCrossing() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "tls-close-crossing",
		Summary: "the client writes after the server's close_notify: Close gets EPIPE",
		Story: `The server closes a TLS connection in good order: an alert, close_notify, then
its FIN. The client's Read makes io.EOF of the alert. A record that the client
sends now is answered with an RST, for the server's socket is closed, and Close
can not send the client's own close_notify: "failed to send closeNotify alert
(but connection was closed anyway): write: broken pipe". Nothing was lost.`,
		Tags: []string{"tls", "reset", "write", "fin"},
		Refs: []string{"RFC 8446 §6.1", "RFC 9293 §3.10.7.4", "Conn.Close (Go, crypto/tls)", "tcp_reset (Linux)", "sosendcheck (XNU)",
			"https://github.com/golang/go/issues/45709", "https://github.com/golang/go/issues/75600"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			c, sv := secure(s, client, server)
			s.Library(scenario.Server, scenario.OpTLSClose, sv.Close)
			server.AwaitClosed()
			client.AwaitFIN()
			server.AwaitFINAcked()
			tlsRead(s, scenario.Client, c)
			tlsWrite(s, scenario.Client, c, "one more thing")
			client.AwaitHangup()
			s.Library(scenario.Client, scenario.OpTLSClose, c.Close)
			client.AwaitClosed()
		},
		Expect: everywhere(
			byClient(scenario.OpTLSRead, scenario.EOF),
			byClient(scenario.OpTLSClose, scenario.EPIPE),
			byClient(scenario.OpWrite, scenario.EPIPE),
		),
	}
}
