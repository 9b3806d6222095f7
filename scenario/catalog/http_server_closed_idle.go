// The server closes an idle keep-alive connection that the client has just
// chosen for its next request.
//
// Who closes: the server, with nothing unread.
//
// The wire: a request, its answer, a FIN from each side. The second request is
// never sent.
//
// The application: the transport's reader sees io.EOF on the idle connection and
// gives it up. In between the transport had picked it from its pool for a POST,
// which therefore fails with text of its own, "http: server closed idle
// connection" (errServerClosedIdle, readLoopPeekFailLocked). A request that may
// be repeated goes to another connection, and nobody sees anything. Whether the
// transport's writer hears of the end before it makes its write is a race
// (persistConn.writeLoop); the write then finds the socket closed.

package catalog

import (
	"net/http/httptrace"

	"github.com/rstwatch/rstwatch/scenario"
)

func httpServerClosedIdle() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "http-server-closed-idle",
		Summary: "a POST gets an idle connection just as the server's FIN ends it",
		Story: `The client is net/http. A first POST is answered, and the connection is kept.
For its second POST the transport chooses that connection; before it writes, the
server's FIN comes: "http: server closed idle connection".
Beneath is an io.EOF that the transport's reader saw, no error at all.
The request was never sent, yet a POST is not tried again: for all that the
transport knows it might have been carried out.`,
		Tags: []string{"http", "fin", "keep-alive"},
		Refs: []string{"RFC 9112 §9.3.1", "persistConn.readLoopPeekFailLocked (Go, net/http)",
			"https://github.com/golang/go/issues/19943"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			c := httpClient(client)
			join := request(s, c, client)
			server.Read(requestRoom)
			server.Write(nothing)
			join()
			client.AwaitReading()
			between := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
				server.Close()
				client.AwaitClosed()
			}}
			s.Library(scenario.Client, scenario.OpHTTPRequest, func() error {
				return post(httptrace.WithClientTrace(s.Context(), between), c, client)
			})
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.EOF),
			byClient(scenario.OpHTTPRequest, scenario.Other),
			scenario.Result{Role: scenario.Client, Op: scenario.OpWrite, Fault: scenario.Closed, Maybe: true},
		),
	}
}
