// A router answers the SYN with ICMP host unreachable.
//
// Who closes: nobody; there never is a connection. The last router finds that
// the host does not answer (ARP, neighbour discovery).
//
// The wire: SYN, and an ICMP error that quotes it: destination unreachable,
// host unreachable; ICMPv6: address unreachable.
//
// The application, on Linux: tcp_v4_err makes it EHOSTUNREACH, "no route to
// host", at once; over IPv6 on one machine when the SYN is sent again
// (tcp_v6_err finds the socket in use and only notes it). On macOS the error is
// soft: the dial goes on, and fails after more than three SYNs (tcp_notify).

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func dialICMPHostUnreachable() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "dial-icmp-host-unreachable",
		Summary: "a router answers the SYN with ICMP host unreachable: EHOSTUNREACH",
		Story: `A router on the way finds nobody who has the server's address, and answers the
SYN with the ICMP error "host unreachable" ("address unreachable" over IPv6).
The dial fails with "no route to host", EHOSTUNREACH. The client's own routes
are fine: it is a router further on that has none.`,
		Tags: []string{"dial", "icmp", "firewall"},
		Refs: []string{"RFC 1122 §3.2.2.1", "RFC 4443 §3.1", "RFC 1122 §4.2.3.9", "tcp_v4_err (Linux)", "tcp_v6_err (Linux)", "tcp_notify (XNU)"},
		Lab:  true, Slow: true,
		Play: func(s *scenario.Stage) {
			at := s.Listen()
			under(s, "reject the SYN", unreachable{1, 3}.to(at))
			s.Dial(at)
		},
		Expect: onlyLinux(byClient(scenario.OpDial, "EHOSTUNREACH")),
	}
}
