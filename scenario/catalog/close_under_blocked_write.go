// The server closes with data unread while the client is in the middle of a write
// that waits for room.
//
// Who closes: the server, with nearly everything unread, in the manner of one that
// answers "too large" and is done.
//
// The wire: data until the server's window is full, and RST,ACK.
//
// The application: the write has put some of its bytes into the socket and waits
// for more room. The RST wakes it (sk_stream_wait_memory on Linux, sbwait on
// macOS). The system call gives the count that it got, and the error is for the
// next one; Go's Write, which goes on until all is written, returns both: n > 0 and
// ECONNRESET on Linux, n > 0 and EPIPE on macOS. What n counts was given to the
// kernel; how much of that the server has read nobody knows.

package catalog

import (
	"github.com/rstwatch/rstwatch/scenario"
)

func closeUnderBlockedWrite() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "close-under-blocked-write",
		Summary: "the server closes unread while a large write waits: n and an error",
		Story: `The client writes 4 MiB. The server reads one byte and closes. By then the
buffers of both sides are full or about to be, and the client's write waits for
room. The server's kernel aborts, for there is data unread, and the RST ends the
write in the middle: it returns a count and an error at once, ECONNRESET on
Linux and EPIPE on macOS.`,
		Tags: []string{"reset", "write", "blocked", "data"},
		Refs: []string{"RFC 2525 §2.17", "sk_stream_wait_memory (Linux)", "sosend (XNU)",
			"https://github.com/nodejs/node/issues/9085"},
		Play: func(s *scenario.Stage) { playBlockedWrite(s, func(*scenario.Peer) {}) },
		Expect: map[string][]scenario.Result{
			"linux":  {byClient(scenario.OpWrite, scenario.ECONNRESET)},
			"darwin": {byClient(scenario.OpWrite, scenario.EPIPE)},
		},
	}
}

// playBlockedWrite lets the server close under a write that no buffer can hold.
func playBlockedWrite(s *scenario.Stage, before func(server *scenario.Peer)) {
	client, server := s.Connect()
	large := tooMuch(client)
	join := s.Go(func() { client.Write(large) })
	server.Read(1)
	before(server)
	server.Close()
	join()
	client.Close()
}
