// A router answers the SYN with ICMP net unreachable.
//
// Who closes: nobody; there never is a connection. A router has no route to
// the server's network.
//
// The wire: SYN, and an ICMP error that quotes it: destination unreachable, net
// unreachable; ICMPv6: no route to destination.
//
// The application, on Linux: ENETUNREACH, "network is unreachable", at once
// (tcp_v4_err); over IPv6 on one machine when the SYN is sent again
// (tcp_v6_err). The same error without a SYN on the wire is a lack of routes at
// home: no-route. On macOS the error is soft (tcp_notify).

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func dialICMPNetUnreachable() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "dial-icmp-net-unreachable",
		Summary: "a router answers the SYN with ICMP net unreachable: ENETUNREACH",
		Story: `A router on the way has no route to the server's network, and answers the SYN
with the ICMP error "net unreachable" ("no route to destination" over IPv6).
The dial fails with "network is unreachable", ENETUNREACH: the same words as
when the client itself has no route, but here a SYN left and was answered.`,
		Tags: []string{"dial", "icmp", "firewall"},
		Refs: []string{"RFC 1122 §3.2.2.1", "RFC 4443 §3.1", "RFC 1122 §4.2.3.9", "tcp_v4_err (Linux)", "tcp_v6_err (Linux)", "tcp_notify (XNU)",
			"https://github.com/nodejs/node-v0.x-archive/issues/4553"},
		Lab: true, Slow: true,
		Play: func(s *scenario.Stage) {
			at := s.Listen()
			under(s, "reject the SYN", unreachable{0, 0}.to(at))
			s.Dial(at)
		},
		Expect: onlyLinux(byClient(scenario.OpDial, "ENETUNREACH")),
	}
}
