// The server aborts while the client is in the middle of a write that waits for
// room.
//
// Who closes: the server, with SO_LINGER at 0 seconds.
//
// The wire: data until the server's window is full, and RST,ACK. It cannot be told
// from the RST of a close with data unread, which is what the kernel would have
// made of this one anyway: that is tested first (__tcp_close, TCP_ABORT_ON_CLOSE).
//
// The application: as in close-under-blocked-write.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func lingerZeroUnderBlockedWrite() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "linger-zero-under-blocked-write",
		Summary: "the server aborts while a large write waits: n and an error",
		Story: `The client writes 4 MiB. The server reads one byte, sets SO_LINGER to 0 and
closes. Data is unread, so its kernel would have aborted all the same, and says
so: unread data is what it looks at first. The client's write had put part of
its bytes into the socket. It returns that count and an error, ECONNRESET on
Linux and EPIPE on macOS.`,
		Tags: []string{"reset", "write", "blocked", "data", "linger"},
		Refs: []string{"RFC 9293 §3.10.5", "__tcp_close (Linux)", "sk_stream_wait_memory (Linux)", "sosend (XNU)"},
		Play: func(s *scenario.Stage) {
			playBlockedWrite(s, func(server *scenario.Peer) { server.SetLinger(0) })
		},
		Expect: map[string][]scenario.Result{
			"linux":  {byClient(scenario.OpWrite, scenario.ECONNRESET)},
			"darwin": {byClient(scenario.OpWrite, scenario.EPIPE)},
		},
	}
}
