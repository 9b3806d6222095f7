// There is no way to the server's address.
//
// Who closes: nobody; there never is a connection, nor an attempt on the wire.
//
// The wire: nothing at all. connect(2) asks for a route first, and there is
// none: a host without a default route, without IPv6, or in a container
// without a network.
//
// The application, on Linux: ip_route_connect (ip6_dst_lookup_flow) fails, and
// tcp_v4_connect with it: ENETUNREACH, "network is unreachable", at once. The
// same error with a SYN on the wire is what a router says:
// dial-icmp-net-unreachable.

package catalog

import (
	"github.com/rstwatch/rstwatch/scenario"
)

func noRoute() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "no-route",
		Summary: "there is no route to the server: ENETUNREACH, and no segment at all",
		Story: `The client dials an address that its host has no route to. The kernel finds out
before it sends anything: the dial fails at once with "network is unreachable",
ENETUNREACH, and not one segment is on the wire. That no SYN left tells it from
the same error that a router further on has sent.`,
		Tags: []string{"dial", "route", "local"},
		Refs: []string{"RFC 1122 §3.3.1", "tcp_v4_connect (Linux)", "tcp_v6_connect (Linux)", "https://github.com/bitcoin/bitcoin/issues/8491"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			s.Dial(elsewhere(s.Listen()))
		},
		Expect: onlyLinux(byClient(scenario.OpDial, "ENETUNREACH")),
	}
}
