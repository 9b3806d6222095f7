// A route of kind unreachable leads to the server's address.
//
// Who closes: nobody; there never is a connection, nor an attempt on the wire.
//
// The wire: nothing at all. The routing table says that the destination is out of
// reach.
//
// The application, on Linux: fib_table_lookup finds a route of the type
// RTN_UNREACHABLE, whose error fib_props has: EHOSTUNREACH, "no route to host", at
// once (over IPv6 fib6_prop has it). The same error comes where a neighbour does
// not answer (ARP), and where a router further on says so, with a SYN on the wire:
// dial-icmp-host-unreachable.

package catalog

import (
	"net/netip"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func routeUnreachable() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "route-unreachable",
		Summary: "a route of kind unreachable leads to the server: EHOSTUNREACH, no segment",
		Story: `The client dials an address that its own routing table calls unreachable, as
VPN clients and container networks set it up. The dial fails at once with "no
route to host", EHOSTUNREACH, and not one segment is on the wire: nobody
further on was asked.`,
		Tags: []string{"dial", "route", "local"},
		Refs: []string{"RFC 1122 §3.3.1", "tcp_v4_connect (Linux)", "fib_table_lookup (Linux)"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			at := elsewhere(s.Listen())
			s.Change("add a route", func() (func() error, error) {
				return lab.Route(netip.PrefixFrom(at.Addr(), at.Addr().BitLen()), lab.RouteUnreachable)
			})
			s.Dial(at)
		},
		Expect: onlyLinux(byClient(scenario.OpDial, "EHOSTUNREACH")),
	}
}
