// The server reads a request and closes without an answer.
//
// Who closes: the server, with nothing unread: it is restarted, it has crashed
// after reading, or a proxy in between has lost its backend.
//
// The wire: the request, and a FIN for an answer. There is no RST.
//
// The application: net/http's transport waits for the first octet of an answer
// (persistConn.readLoop, Peek) and gets io.EOF, which it passes on as it is. "EOF"
// after a POST therefore means: the stream ended in good order, where an answer
// should have been. Whether the request was carried out nobody can tell.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func httpPostEOF() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "http-post-eof",
		Summary: "the server reads a POST and closes without an answer: EOF",
		Story: `The client is net/http. The server reads the whole request and closes: nothing
is unread, so a FIN goes out, and no RST. The transport waits for an answer and
gets io.EOF instead; the caller reads: Post "http://…": EOF.
An RST would have said that something was lost. After an EOF nobody can tell
whether the server has carried out the request.`,
		Tags: []string{"http", "fin", "read"},
		Refs: []string{"RFC 9112 §9.3.1", "persistConn.readLoop (Go, net/http)",
			"https://github.com/checkr/openmock/issues/82"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			join := request(s, httpClient(client), client)
			server.Read(requestRoom)
			server.Close()
			join()
			client.AwaitClosed()
		},
		Expect: everywhere(
			byClient(scenario.OpHTTPRequest, scenario.EOF),
			byClient(scenario.OpRead, scenario.EOF),
		),
	}
}
