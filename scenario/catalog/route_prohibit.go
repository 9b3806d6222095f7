// A route of kind prohibit leads to the server's address.
//
// Who closes: nobody; there never is a connection, nor an attempt on the wire.
//
// The wire: nothing at all. The routing table says that nobody may go there.
//
// The application, on Linux: fib_table_lookup finds a route of the type
// RTN_PROHIBIT, whose error fib_props has: EACCES, "permission denied", at
// once (over IPv6 fib6_prop has it). The program lacks no right: the routing table
// forbids it.

package catalog

import (
	"net/netip"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func routeProhibit() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "route-prohibit",
		Summary: "a route of kind prohibit leads to the server: EACCES, no segment",
		Story: `The client dials an address that its own routing table prohibits. The dial
fails at once with "permission denied", EACCES, and not one segment is on the
wire. The program lacks no right; an administrator, or a VPN's kill switch, has
forbidden the way.`,
		Tags: []string{"dial", "route", "local"},
		Refs: []string{"RFC 1122 §3.3.1", "tcp_v4_connect (Linux)", "fib_table_lookup (Linux)", "https://github.com/iputils/iputils/pull/65"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			at := elsewhere(s.Listen())
			s.Change("add a route", func() (func() error, error) {
				return lab.Route(netip.PrefixFrom(at.Addr(), at.Addr().BitLen()), lab.RouteProhibit)
			})
			s.Dial(at)
		},
		Expect: onlyLinux(byClient(scenario.OpDial, "EACCES")),
	}
}
