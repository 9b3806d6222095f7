// The server closes an idle keep-alive connection as a request comes in.
//
// Who closes: the server, whose idle timeout has passed. It does not know yet
// that the client's next request lies unread in its socket.
//
// The wire: a request and its answer; then the second request, and for an answer
// an RST,ACK, because of the octets that close has thrown away.
//
// The application: net/http's transport took the connection from its pool in good
// faith. Its reader gets ECONNRESET, and as the request is a POST it is not sent
// again (persistConn.shouldRetryRequest): the caller sees the error. Where the
// server's FIN leaves before the request comes, the same collision ends in "EOF";
// see http-post-eof and http-server-closed-idle. A client cures it with an idle
// timeout that is shorter than the server's.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func httpIdleCloseRace() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "http-idle-close-race",
		Summary: "an idle HTTP connection is closed as a POST comes in: ECONNRESET",
		Story: `The client is net/http. A first POST is answered, and the connection is kept.
The second POST reaches the server just as it gives up the idle connection: it
closes with the request unread, which sends an RST, and the client's transport
reads ECONNRESET. A POST is not sent again, so the caller gets the error.
The server has not seen the request; but nothing tells the client so.`,
		Tags: []string{"http", "reset", "keep-alive"},
		Refs: []string{"RFC 9112 §9.3.1", "RFC 2525 §2.17", "persistConn.shouldRetryRequest (Go, net/http)",
			"__tcp_close (Linux)", "https://github.com/golang/go/issues/22158"},
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			c := httpClient(client)
			join := request(s, c, client)
			server.Read(requestRoom)
			server.Write(nothing)
			join()
			client.AwaitReading() // the transport keeps an eye on the idle connection
			join = request(s, c, client)
			server.AwaitData()
			server.Close()
			join()
			client.AwaitClosed()
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.ECONNRESET),
			byClient(scenario.OpHTTPRequest, scenario.ECONNRESET),
		),
	}
}
