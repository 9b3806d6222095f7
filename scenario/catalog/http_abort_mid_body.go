// The server's handler gives up in the middle of its answer.
//
// Who closes: net/http's server, because the handler has panicked with
// http.ErrAbortHandler, as httputil.ReverseProxy does when its backend fails.
//
// The wire: part of the answer, and a FIN. There is no RST: the request had been
// read, and so the close throws nothing away.
//
// The application: the socket says io.EOF, as after any good ending. Only HTTP
// knows that octets are missing, because Content-Length promised more: net/http
// makes io.ErrUnexpectedEOF of it (body.readLocked). Without a length and
// without chunks the client could not have told.

package catalog

import (
	"io"
	"net/http"

	"github.com/rstwatch/rstwatch/scenario"
)

func httpAbortMidBody() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "http-abort-mid-body",
		Summary: "the handler aborts in the middle of its answer: unexpected EOF",
		Story: `Both sides are net/http. The handler sends part of the body that it has promised
and panics with http.ErrAbortHandler, as a reverse proxy does that has lost its
backend. The server closes: a FIN, for nothing is unread.
The client's socket reads io.EOF, the end of a stream. It is HTTP that misses
octets, and calls it io.ErrUnexpectedEOF.`,
		Tags: []string{"http", "fin", "read"},
		Refs: []string{"RFC 9112 §8", "conn.serve (Go, net/http)", "body.readLocked (Go, net/http)",
			"https://github.com/golang/go/issues/23643"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			served := serve(s, server, func(w http.ResponseWriter, _ *http.Request) {
				server.AwaitReading() // the server looks out for the client's end meanwhile
				w.Header().Set("Content-Length", "100")
				io.WriteString(w, "the beginning")
				http.NewResponseController(w).Flush()
				panic(http.ErrAbortHandler)
			})
			readBody(s, client)
			served()
			client.AwaitClosed()
		},
		Expect: everywhere(
			byServer(scenario.OpRead, scenario.Deadline), // the look-out, which the server calls off
			byClient(scenario.OpHTTPRead, scenario.UnexpectedEOF),
			byClient(scenario.OpRead, scenario.EOF),
		),
	}
}

// readBody makes the client send a GET and read the answer's body.
func readBody(s *scenario.Stage, client *scenario.Peer) {
	c := httpClient(client)
	var res *http.Response
	s.Library(scenario.Client, scenario.OpHTTPRequest, func() (err error) {
		res, err = send(s.Context(), c, http.MethodGet, client, nil)
		return err
	})
	if res == nil {
		return
	}
	s.Library(scenario.Client, scenario.OpHTTPRead, func() error {
		_, err := io.Copy(io.Discard, res.Body)
		return err
	})
	res.Body.Close() // it has nothing to say after an error
}
