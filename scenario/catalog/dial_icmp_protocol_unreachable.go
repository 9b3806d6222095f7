// A firewall answers the SYN with ICMP protocol unreachable.
//
// Who closes: nobody; there never is a connection. A host that does not speak TCP
// would send this, and there is none: a firewall does, or a load balancer that
// forwards other protocols only.
//
// The wire: SYN, and an ICMP error that quotes it: destination unreachable,
// protocol unreachable (RFC 1122 §3.2.2.1). ICMPv6 has no such code; here it is
// "beyond scope of source address" (RFC 4443 §3.1), as rare.
//
// The application, on Linux: icmp_err_convert makes it ENOPROTOOPT, "protocol not
// available", which otherwise is said of an option of a socket; at once. Over IPv6
// tab_unreach makes it EHOSTUNREACH, on one machine when the SYN is sent again
// (tcp_v6_err). On macOS ECONNREFUSED over IPv4 (tcp_drop_syn_sent).

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func dialICMPProtocolUnreachable() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "dial-icmp-protocol-unreachable",
		Summary: "a firewall answers the SYN with ICMP protocol unreachable: ENOPROTOOPT",
		Story: `A firewall answers the client's SYN with the ICMP error "protocol unreachable",
as if the server's host did not speak TCP at all. The dial fails with "protocol
not available", ENOPROTOOPT, words that anybody would take for an option of the
socket. ICMPv6 has no such error; over IPv6 the firewall says "beyond scope of
source address", and the dial fails with EHOSTUNREACH.`,
		Tags: []string{"dial", "icmp", "firewall"},
		Refs: []string{"RFC 1122 §3.2.2.1", "RFC 4443 §3.1", "RFC 1122 §4.2.3.9", "tcp_v4_err (Linux)", "icmpv6_err_convert (Linux)"},
		Lab:  true, Slow: true,
		Play: func(s *scenario.Stage) {
			at := s.Listen()
			under(s, "reject the SYN", unreachable{2, 2}.to(at))
			s.Dial(at)
		},
		Expect:  onlyLinux(byClient(scenario.OpDial, "ENOPROTOOPT")),
		Expect6: onlyLinux(byClient(scenario.OpDial, "EHOSTUNREACH")),
	}
}
