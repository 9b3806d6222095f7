// A proxy copies from its client to its server, and the server has gone.
//
// Who closes: the server, with SO_LINGER at 0 seconds.
//
// The wire: two connections. On the one the client's octets come to the proxy in
// good order; on the other the server's RST,ACK has come.
//
// The application: io.Copy reads from the client, writes to the server, and
// returns the write's error. Nothing in it says which of the two connections it
// is about but the addresses; and as *net.TCPConn hands such a copy to splice(2),
// the text is "writeto tcp A->B: readfrom tcp C->D: splice: connection reset by
// peer", the same whether the source was reset or the destination (measured; the
// recorded connections here have no such shortcut, so that each call is seen).
// An error of io.Copy in a proxy's log is as often the other side's.

package catalog

import (
	"io"

	"github.com/rstwatch/rstwatch/scenario"
)

// proxy is the application in the middle.
const proxy scenario.Role = "proxy"

func copyOtherSide() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "copy-other-side",
		Summary: "a proxy's copy from its client fails, and the client is not to blame",
		Story: `A proxy copies what its client sends to a server: io.Copy(server, client). The
server aborts, then the client sends. The copy reads the client's octets, writes
them, and gets ECONNRESET on Linux, EPIPE on macOS: the connection to the client
is in perfect order. With splice(2), which Go uses between two TCP connections,
not even the text would tell: "writeto tcp …: readfrom tcp …: splice: …".`,
		Tags: []string{"proxy", "copy", "reset", "write"},
		Refs: []string{"RFC 9293 §3.10.7.4", "io.Copy (Go, io)", "TCPConn.ReadFrom (Go, net)", "tcp_sendmsg_locked (Linux)", "sosendcheck (XNU)",
			"https://github.com/serjs/socks5-server/issues/50"},
		Play: func(s *scenario.Stage) {
			client, downstream := s.Link(scenario.Client, proxy)
			upstream, server := s.Link(proxy, scenario.Server)
			server.SetLinger(0)
			server.Close()
			upstream.AwaitHangup()
			client.Write("order")
			s.Library(proxy, scenario.OpCopy, func() error {
				_, err := io.Copy(upstream.Lend(), downstream.Lend())
				return err
			})
			upstream.Close()
			downstream.Close()
			client.AwaitFIN()
			client.Close()
		},
		Expect: map[string][]scenario.Result{
			"linux": {
				{Role: proxy, Op: scenario.OpCopy, Fault: scenario.ECONNRESET},
				{Role: proxy, Op: scenario.OpWrite, Fault: scenario.ECONNRESET},
			},
			"darwin": {
				{Role: proxy, Op: scenario.OpCopy, Fault: scenario.EPIPE},
				{Role: proxy, Op: scenario.OpWrite, Fault: scenario.EPIPE},
			},
		},
	}
}
