// The client has gone when the handler writes its answer.
//
// Who closes: the client, which has lost patience; then net/http's server.
//
// The wire: a request, the client's FIN; the first part of the answer, which an
// RST answers, for nobody is there to read it.
//
// The application: the server reads on in the background while a handler runs. It
// sees the FIN as io.EOF and cancels the request's context. A handler that writes
// all the same succeeds once, and then fails with EPIPE: "broken pipe" in a
// server's log is a client that did not wait.

package catalog

import (
	"io"
	"net/http"

	"github.com/rstwatch/rstwatch/scenario"
)

func httpClientGone() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "http-client-gone",
		Summary: "the client leaves before the answer: EPIPE in the server's handler",
		Story: `The server is net/http. While its handler works the client closes. The server
reads on in the background: it gets io.EOF and cancels the request's context.
The handler answers all the same. Its first write succeeds, and is answered with
an RST; the second gets EPIPE, on Linux and on macOS.
Handlers that look at the context first need not write at all.`,
		Tags: []string{"http", "reset", "write", "fin"},
		Refs: []string{"RFC 9293 §3.10.7.4", "connReader.backgroundRead (Go, net/http)", "tcp_reset (Linux)", "sosendcheck (XNU)",
			"https://github.com/golang/go/issues/75939", "https://github.com/thomiceli/opengist/issues/594"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			told, left, reset := make(chan struct{}), make(chan struct{}), make(chan struct{})
			answer := func(w http.ResponseWriter) {
				s.Library(scenario.Server, scenario.OpHTTPWrite, func() error {
					io.WriteString(w, "part of an answer") // into a buffer
					return http.NewResponseController(w).Flush()
				})
			}
			served := serve(s, server, func(w http.ResponseWriter, r *http.Request) {
				<-r.Context().Done()
				close(told)
				s.Await(left)
				answer(w)
				s.Await(reset)
				answer(w)
			})
			client.Write("GET / HTTP/1.1\r\nHost: server\r\n\r\n")
			client.Close()
			client.AwaitFINAcked()
			s.Await(told)
			close(left)
			server.AwaitHangup()
			close(reset)
			served()
		},
		Expect: everywhere(
			byServer(scenario.OpRead, scenario.EOF),
			byServer(scenario.OpHTTPWrite, scenario.EPIPE),
			byServer(scenario.OpWrite, scenario.EPIPE),
		),
	}
}
