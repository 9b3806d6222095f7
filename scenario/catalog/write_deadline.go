// The client's own deadline ends a write that the server does not take.
//
// Who closes: the client in the end, and the server, which has read nothing.
//
// The wire: data until the server's window is full, then nothing. The deadline
// sends nothing.
//
// The application: the write returns how much the socket has taken, and
// os.ErrDeadlineExceeded. The connection has not changed, and yet it is of little
// use: the stream is cut at some octet, and what is counted lies in two sockets'
// buffers, so that a second try can not know where to begin. tls.Conn therefore
// refuses to write again; a net.Conn does not.

package catalog

import (
	"github.com/rstwatch/rstwatch/scenario"
)

func writeDeadline() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "write-deadline",
		Summary: "a write that nobody takes, ended by the client's own deadline",
		Story: `The client writes more than the sockets take, under a deadline, and the server
does not read. The write returns how much it has handed over, and "i/o timeout",
os.ErrDeadlineExceeded, on Linux and on macOS. No segment was sent for it.
How much the server has read is another number: none. Whoever writes on after
that must know at which octet.`,
		Tags: []string{"write", "deadline", "local", "blocked", "large"},
		Refs: []string{"RFC 9293 §3.10.2", "pollDesc.prepareWrite (Go, internal/poll)", "sk_stream_wait_memory (Linux)",
			"https://github.com/golang/go/issues/29971"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			large := tooMuch(client)
			join := s.Go(func() { client.Write(large) })
			server.AwaitData() // or the deadline might pass before the write begins
			client.EndWriteIn(patience)
			join()
			client.Close()
			server.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpWrite, scenario.Deadline),
		),
	}
}
