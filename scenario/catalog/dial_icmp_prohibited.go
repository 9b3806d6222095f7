// A firewall answers the SYN with ICMP administratively prohibited.
//
// Who closes: nobody; there never is a connection. A firewall rejects the
// client's SYN and says that it was told to.
//
// The wire: SYN, and an ICMP error that quotes it: destination unreachable,
// communication administratively prohibited (RFC 1812 §5.2.7.1; RFC 4443
// §3.1).
//
// The application, on Linux: icmp_err_convert makes it EHOSTUNREACH over IPv4;
// tab_unreach makes it EACCES over IPv6, "permission denied", although the
// program lacks no right. On macOS ECONNREFUSED (tcp_drop_syn_sent).

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func dialICMPProhibited() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "dial-icmp-prohibited",
		Summary: "a firewall answers the SYN with ICMP prohibited: EHOSTUNREACH, or EACCES",
		Story: `A firewall rejects the client's SYN with the ICMP error "communication
administratively prohibited". Over IPv4 the dial fails with "no route to host",
EHOSTUNREACH, although there is a route and somebody forbids to use it. Over
IPv6 it fails with "permission denied", EACCES, as if the program had no right
to dial.`,
		Tags: []string{"dial", "icmp", "firewall"},
		Refs: []string{"RFC 1812 §5.2.7.1", "RFC 4443 §3.1", "tcp_v4_err (Linux)", "icmpv6_err_convert (Linux)",
			"https://github.com/connectbot/connectbot/issues/1273", "https://github.com/firewalld/firewalld/issues/1452"},
		Lab: true, Slow: true,
		Play: func(s *scenario.Stage) {
			at := s.Listen()
			under(s, "reject the SYN", unreachable{13, 1}.to(at))
			s.Dial(at)
		},
		Expect:  onlyLinux(byClient(scenario.OpDial, "EHOSTUNREACH")),
		Expect6: onlyLinux(byClient(scenario.OpDial, "EACCES")),
	}
}
