// The client ends its own stream twice.
//
// Who closes: the client its stream, with CloseWrite, twice; the server then the
// other.
//
// The wire: one FIN from each side. The second CloseWrite sends nothing.
//
// The application, on Linux: inet_shutdown allows what is done already, as long as
// the connection is not closed, and both calls succeed. On macOS soshutdown
// returns ENOTCONN for a direction that is shut down already; that does no harm
// either, but it is an error.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func closeWriteTwice() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "close-write-twice",
		Summary: "the client calls CloseWrite twice",
		Story: `The client calls CloseWrite, and again. One FIN goes out.
On Linux both calls succeed. On macOS the second gets ENOTCONN, "socket is not
connected", although the other direction is open and well.
The server reads io.EOF and closes, and the client reads io.EOF.`,
		Tags: []string{"half-close", "fin", "local"},
		Refs: []string{"RFC 9293 §3.10.4", "inet_shutdown (Linux)", "soshutdown (XNU)"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.CloseWrite()
			client.CloseWrite()
			server.Read(16)
			server.Close()
			client.Read(16)
			client.Close()
		},
		Expect: map[string][]scenario.Result{
			"linux": {
				byServer(scenario.OpRead, scenario.EOF),
				byClient(scenario.OpRead, scenario.EOF),
			},
			"darwin": {
				byClient(scenario.OpCloseWrite, scenario.ENOTCONN),
				byServer(scenario.OpRead, scenario.EOF),
				byClient(scenario.OpRead, scenario.EOF),
			},
		},
	}
}
