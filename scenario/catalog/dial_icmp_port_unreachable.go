// A firewall answers the SYN with ICMP port unreachable.
//
// Who closes: nobody; there never is a connection. A firewall rejects the
// client's SYN, as nftables and iptables do where nothing else is said.
//
// The wire: SYN, and an ICMP error that quotes it: destination unreachable,
// port unreachable (RFC 792; ICMPv6: RFC 4443 §3.1). No RST.
//
// The application, on Linux: tcp_v4_err ends the attempt with the error that
// icmp_err_convert has for the code: ECONNREFUSED, as after an RST. Where the
// error comes back while connect(2) still has the socket, as on one machine,
// it is only noted: IPv4 tells the program at once all the same, IPv6 when the
// SYN is sent again. On macOS ECONNREFUSED as well (tcp_drop_syn_sent).

package catalog

import "github.com/rstwatch/rstwatch/scenario"

func dialICMPPortUnreachable() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "dial-icmp-port-unreachable",
		Summary: "a firewall answers the SYN with ICMP port unreachable: ECONNREFUSED",
		Story: `The server listens, but a firewall in front of it rejects the SYN with the ICMP
error "port unreachable", the default of many firewalls. The client's kernel
takes it for a refusal: "connection refused", ECONNREFUSED, and not one RST on
the wire. Over IPv6 on one machine the dial hears of it only when the SYN is
sent again, a second later.`,
		Tags: []string{"dial", "icmp", "firewall"},
		Refs: []string{"RFC 1122 §3.2.2.1", "RFC 4443 §3.1", "RFC 1122 §4.2.3.9", "tcp_v4_err (Linux)", "tcp_v6_err (Linux)",
			"https://github.com/deis/deis/pull/3179"},
		Lab: true, Slow: true,
		Play: func(s *scenario.Stage) {
			at := s.Listen()
			under(s, "reject the SYN", unreachable{3, 4}.to(at))
			s.Dial(at)
		},
		Expect: onlyLinux(byClient(scenario.OpDial, scenario.ECONNREFUSED)),
	}
}
