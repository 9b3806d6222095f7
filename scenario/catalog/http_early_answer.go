// The server answers before it has read the body, and closes.
//
// Who closes: the server. It has seen that the body is too large, has answered
// 413, and does not read what it does not want.
//
// The wire: the answer, and an RST,ACK right behind it, because of the body's
// octets that were unread.
//
// The application: the client is still sending, and its next write fails:
// ECONNRESET on Linux, EPIPE on macOS. A client that gives up there never sees
// why, although the answer is in its own receive queue: an RST does not flush it,
// and who reads gets the 413. net/http's Transport looks at both, and which it
// sees first is a race; so the client here does one after the other, with
// Request.Write and ReadResponse. What Request.Write returns quotes ECONNRESET,
// but errors.Is does not find it there (requestBodyReadError has no Unwrap).
// A server avoids it all with CloseWrite and a while of reading on (lingering
// close, RFC 9112 §9.6); net/http does so for 500 ms.

package catalog

import (
	"bufio"
	"io"
	"net/http"
	"strings"

	"github.com/rstwatch/rstwatch/scenario"
)

// bodyPart is what the client sends of the body at once; two are all of it.
const bodyPart = 4096

func httpEarlyAnswer() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "http-early-answer",
		Summary: "the server answers 413 and closes with the body unread",
		Story: `The client sends a request with a large body. After the first part of it the
server answers 413 and closes. Octets of the body are unread: an RST follows the
answer. The client's next write gets ECONNRESET on Linux, EPIPE on macOS.
The answer is not lost: it is in the client's receive queue, and who reads on
after the failed write gets the 413. Most clients do not.`,
		Tags: []string{"http", "reset", "write"},
		Refs: []string{"RFC 9112 §9.6", "RFC 2525 §2.17", "Request.Write (Go, net/http)", "__tcp_close (Linux)",
			"sosendcheck (XNU)", "https://github.com/valyala/fasthttp/issues/1348"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			conn := client.Lend()
			part := strings.Repeat("x", bodyPart)
			body := io.MultiReader(strings.NewReader(part), refuse(client, server), strings.NewReader(part))
			s.Library(scenario.Client, scenario.OpHTTPWrite, func() error {
				req, err := http.NewRequest(http.MethodPost, "http://"+client.Remote().String()+"/", body)
				if err != nil {
					return err
				}
				req.ContentLength = 2 * bodyPart
				return req.Write(conn)
			})
			s.Library(scenario.Client, scenario.OpHTTPRead, func() error {
				res, err := http.ReadResponse(bufio.NewReader(conn), nil)
				if err != nil {
					return err
				}
				return res.Body.Close()
			})
			client.Close()
		},
		Expect: map[string][]scenario.Result{
			"linux": {
				byClient(scenario.OpHTTPWrite, scenario.Other),
				byClient(scenario.OpWrite, scenario.ECONNRESET),
			},
			"darwin": {
				byClient(scenario.OpHTTPWrite, scenario.Other),
				byClient(scenario.OpWrite, scenario.EPIPE),
			},
		},
	}
}

// refuse is a part of a body without an octet: when the client comes to it, the
// server answers and closes.
func refuse(client, server *scenario.Peer) io.Reader {
	return readFunc(func([]byte) (int, error) {
		server.Read(1024)
		server.Write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		server.Close()
		client.AwaitHangup()
		return 0, io.EOF
	})
}

// readFunc is a reader that is a function.
type readFunc func([]byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }
