// The client disconnects its socket, with connect(2) to an address of no family.
//
// Who closes: the client, in a way that hardly anybody knows of; it keeps the
// descriptor, and could connect it again.
//
// The wire: RST,ACK from the client.
//
// The application, on Linux: tcp_disconnect sends the RST (TCP_STATE), makes
// ECONNRESET the pending error and clears the shutdown bits. So the client's own
// read fails with ECONNRESET although nothing has come from the server, and the
// next one not with EOF but with ENOTCONN: the socket is one that has never been
// connected. A write gets EPIPE. The server's read gets ECONNRESET. XNU refuses
// (soconnectlock, EISCONN), and the story could not go on: so it is performed in
// a private namespace alone, which only Linux has.

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func disconnect() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "disconnect",
		Summary: "connect to AF_UNSPEC: an abort, and then ENOTCONN",
		Story: `The client calls connect on its connected socket, with an address of no family
(AF_UNSPEC). On Linux that dissolves the connection: an RST goes out. The
client's own read fails with ECONNRESET, and the next one with ENOTCONN instead
of EOF, for the socket is as new. A write fails with EPIPE.
The server's read fails with ECONNRESET.`,
		Tags: []string{"reset", "read", "write", "local"},
		Refs: []string{"RFC 9293 §3.10.5", "tcp_disconnect (Linux)", "soconnectlock (XNU)"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.Disconnect()
			client.Read(16)
			client.Read(16)
			client.Write("a")
			server.AwaitHangup()
			server.Read(16)
			server.Close()
			client.Close()
		},
		Expect: map[string][]scenario.Result{"linux": {
			byClient(scenario.OpRead, scenario.ECONNRESET),
			byClient(scenario.OpRead, scenario.ENOTCONN),
			byClient(scenario.OpWrite, scenario.EPIPE),
			byServer(scenario.OpRead, scenario.ECONNRESET),
		}},
	}
}
