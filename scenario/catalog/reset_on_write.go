// The server closes with a byte unread, and the client writes, twice.
//
// Who closes: the server, with one of two bytes unread, as in reset-on-read.
//
// The wire: the same as there, and not one segment more. Neither write sends
// anything, because the RST has ended the connection before.
//
// The application, on Linux: the RST leaves ECONNRESET as the pending error
// (tcp_reset). Whichever call comes first takes it, and here that is a write
// (tcp_sendmsg_locked, sk_stream_error); the next finds no error, only a socket
// that can not send any more, and returns EPIPE. On macOS sosendcheck tests
// SS_CANTSENDMORE before so_error: both writes return EPIPE, and ECONNRESET
// stays for a reader (RFC 9293 §3.10.7.4 knows just one signal, "connection
// reset").

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func resetOnWrite() *scenario.Scenario {
	write := func(f scenario.Fault) scenario.Result {
		return scenario.Result{Role: scenario.Client, Op: scenario.OpWrite, Fault: f}
	}
	return &scenario.Scenario{
		Name:    "reset-on-write",
		Summary: "the server closes with a byte unread, the client writes twice",
		Story: `The client writes "ab". The server reads one byte of it and closes,
which sends an RST, as in reset-on-read. The client then writes "b" and "c".
On Linux the first write takes the pending error, ECONNRESET; an error is
delivered once, and so the second write finds a dead socket: EPIPE.
On macOS a write looks at the dead socket first: both return EPIPE.`,
		Tags: []string{"reset", "write", "order"},
		Refs: []string{"RFC 9293 §3.10.7.4", "sk_stream_error (Linux)", "sosendcheck (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.Write("ab")
			server.Read(1)
			server.Close()
			client.AwaitHangup()
			client.Write("b")
			client.Write("c")
			client.Close()
		},
		Expect: map[string][]scenario.Result{
			"linux":  {write(scenario.ECONNRESET), write(scenario.EPIPE)},
			"darwin": {write(scenario.EPIPE), write(scenario.EPIPE)},
		},
	}
}
