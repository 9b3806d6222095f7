// The server's process is killed before it has read all that has arrived.
//
// Who closes: the server's kernel, for a process that SIGKILL has ended. So it is
// with a panic, with exit, and with the out-of-memory killer.
//
// The wire: PSH,ACK from the client, RST,ACK from the server, no FIN.
//
// The application: closing the descriptors of a dead process is closing them
// (do_exit, inet_release, __tcp_close on Linux; proc_exit, fdfree on macOS), and
// what is closed with data unread is aborted (RFC 2525 §2.17). The client's read
// gets ECONNRESET and cannot tell a crash from a program that was careless.
//
// A second process really holds the socket, and is really killed.

package catalog

import (
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func killedWithUnreadData() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "killed-with-unread-data",
		Summary: "the server's process is killed with a byte unread",
		Story: `The client writes "ab". The server reads one byte, and then its process is
killed, as by the out-of-memory killer. The kernel closes its sockets for it,
just as close would: with a byte unread that is an abort, and an RST goes out.
The client reads, and gets ECONNRESET. A crash looks like a careless close.`,
		Tags: []string{"reset", "read", "killed"},
		Refs: []string{"RFC 2525 §2.17", "RFC 9293 §3.10.4", "inet_release (Linux)", "soclose_locked (XNU)"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			client.Write("ab")
			server.Read(1)
			kill(s, server)
			client.AwaitHangup()
			client.Read(16)
			client.Close()
		},
		Expect: everywhere(
			byClient(scenario.OpRead, scenario.ECONNRESET),
		),
	}
}

// kill gives the peer's socket to a process of its own and kills that.
func kill(s *scenario.Stage, p *scenario.Peer) {
	var process *lab.Proc
	s.Change("start a process", func() (end func() error, err error) {
		if process, err = lab.Process("peer"); err != nil {
			return nil, err
		}
		return process.Kill, nil
	})
	p.Kill(process.Give, process.Kill)
}
