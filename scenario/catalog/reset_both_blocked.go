// One goroutine of the client waits in a read and another in a write when the
// server aborts.
//
// Who closes: the server, with SO_LINGER at 0 seconds and nearly everything unread.
//
// The wire: data until the server's window is full, and RST,ACK.
//
// The application, on Linux: there is one pending error (sk_err) and there are two
// who wait for it. Whoever runs first takes it: usually the writer, and the reader
// then says EOF, as if the server had ended its reply. Sometimes it is the reader,
// and the writer says EPIPE. On macOS each gets its own: the reader ECONNRESET, the
// writer EPIPE (sosendcheck looks at no pending error).

package catalog

import (
	"github.com/rstwatch/rstwatch/scenario"
)

func resetBothBlocked() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "reset-both-blocked",
		Summary: "a reader and a writer wait when the reset comes: who gets the error",
		Story: `The client reads in one goroutine and writes 4 MiB in another; both wait. The
server aborts. The RST makes one pending error, and on Linux it is given once:
to the writer, as a rule, as ECONNRESET, and then the reader is told EOF, as if
the reply had ended well; or to the reader, and then the writer gets EPIPE.
Which of the two is a race. On macOS the reader gets ECONNRESET and the writer
EPIPE.`,
		Tags: []string{"reset", "read", "write", "blocked", "race"},
		Refs: []string{"RFC 9293 §3.10.7.4", "sock_error (Linux)", "sosendcheck (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			large := tooMuch(client)
			read := s.Go(func() { client.Read(16) })
			write := s.Go(func() { client.Write(large) })
			server.Read(1)
			server.SetLinger(0)
			server.Close()
			read()
			write()
			client.Close()
		},
		Expect: map[string][]scenario.Result{
			"linux": {
				{Role: scenario.Client, Op: scenario.OpRead, Fault: scenario.EOF, Or: scenario.ECONNRESET},
				{Role: scenario.Client, Op: scenario.OpWrite, Fault: scenario.ECONNRESET, Or: scenario.EPIPE},
			},
			"darwin": {byClient(scenario.OpRead, scenario.ECONNRESET), byClient(scenario.OpWrite, scenario.EPIPE)},
		},
	}
}
