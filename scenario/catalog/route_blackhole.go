// A route of kind blackhole leads to the server's address.
//
// Who closes: nobody; there never is a connection, nor an attempt on the wire.
//
// The wire: nothing at all. The routing table says to throw away what goes there.
//
// The application, on Linux: fib_table_lookup finds a route of the type
// RTN_BLACKHOLE, whose error fib_props has: EINVAL, "invalid argument", at once
// (over IPv6 fib6_prop has it). For what is forwarded such a route is silent; for
// the own programs it is not.

package catalog

import (
	"net/netip"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func routeBlackhole() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "route-blackhole",
		Summary: "a route of kind blackhole leads to the server: EINVAL, no segment",
		Story: `The client dials an address whose route is a blackhole, as routing daemons set
them up against loops. One would expect silence; but the dial fails at once
with "invalid argument", EINVAL, an error that points nowhere near the routing
table. Not one segment is on the wire.`,
		Tags: []string{"dial", "route", "local"},
		Refs: []string{"RFC 1122 §3.3.1", "tcp_v4_connect (Linux)", "fib_table_lookup (Linux)"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			at := elsewhere(s.Listen())
			s.Change("add a route", func() (func() error, error) {
				return lab.Route(netip.PrefixFrom(at.Addr(), at.Addr().BitLen()), lab.RouteBlackhole)
			})
			s.Dial(at)
		},
		Expect: onlyLinux(byClient(scenario.OpDial, "EINVAL")),
	}
}
