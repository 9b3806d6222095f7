package faults

import "github.com/rstwatch/rstwatch/scenario"

// What a router or the own routing table says.

// afterICMP is how an ICMP error shows on a connection that stands.
const afterICMP = " On a connection that stands it is only remembered, takes the place of ETIMEDOUT when the kernel gives up, " +
	"and is forgotten at the next acknowledgement."

// darwinUnreachable is the same on macOS.
const darwinUnreachable = "Dial: an ICMP error is taken for a passing one; the dial gives up after some retransmissions and a second " +
	"such error. On a connection that stands it is ignored."

// asTimeout is what to do about an ICMP error that a connection died of.
const asTimeout = "It came from a Read or Write: treat it as ETIMEDOUT, the request may have been acted on."

func unreachable(f scenario.Fault, prints string) Guide {
	return Guide{
		Fault:  f,
		Prints: []string{prints},
		Test:   []string{"errors.Is(err, syscall." + string(f) + ")"},
		Wraps:  `A *net.OpError (Op "dial") wraps an *os.SyscallError ("connect") wraps the errno.`,
		Log:    "The address that was dialled, and the own one: routes differ from host to host.",
		Retry:  "A dial failed: no byte was sent. Wait, or try the next address of the name, as Dial does by itself.",
		Danger: asTimeout,
	}
}

func hostUnreachable() Guide {
	g := unreachable("EHOSTUNREACH", "no route to host")
	g.Means = "Somebody said that the host can not be reached: a router, a firewall, or the own kernel when no neighbour answered."
	g.Calls = map[string]string{
		linux: "Dial, at once for an ICMP host unreachable or prohibited or a time exceeded; after some seconds where the next hop " +
			"does not answer ARP or neighbour discovery." + afterICMP,
		darwin: darwinUnreachable,
	}
	g.Clues = []Clue{
		{"ICMP type 3 code 10 or 13", "a firewall rejects; the message's source address says which"},
		{"ICMP type 3 code 1, or ICMPv6 type 1 code 3", "the last router found nobody at that address"},
		{"ICMP type 11, or ICMPv6 type 3", "a routing loop, or a TTL that is too small"},
		{"only ARP or neighbour solicitations, no SYN", "nobody on the own link has that address"},
		{"nothing on the wire", "a route of the type unreachable on this host"},
	}
	g.Refs = []string{"RFC 792", "RFC 4443 §3.1", "RFC 1122 §4.2.3.9", "SEMANTICS.md §3.4"}
	return g
}

func netUnreachable() Guide {
	g := unreachable("ENETUNREACH", "network is unreachable")
	g.Means = "There is no route to that network: on this host, or on a router on the way."
	g.Calls = map[string]string{
		linux:  "Dial, at once: no route in the own table, or an ICMP net unreachable." + afterICMP,
		darwin: darwinUnreachable,
	}
	g.Clues = []Clue{
		{"nothing on the wire", "the own table has no route: commonly an IPv6 address dialled on a host without IPv6"},
		{"ICMP type 3 code 0, or ICMPv6 type 1 code 0", "a router on the way has none"},
		{"ICMP type 3 code 9", "a firewall rejects"},
	}
	g.Refs = []string{"RFC 792", "RFC 4443 §3.1", "SEMANTICS.md §3.4, §3.7"}
	return g
}

func noProtocol() Guide {
	g := unreachable("ENOPROTOOPT", "protocol not available")
	g.Means = "An ICMP message said that the host does not speak TCP: in practice, a firewall did."
	g.Calls = map[string]string{
		linux: "Dial, at once: ICMP protocol unreachable." + afterICMP +
			" It is also what setting an option says that the kernel does not know.",
	}
	g.Clues = []Clue{
		{"ICMP type 3 code 2", "a firewall that rejects with it; its source address says which"},
		{"the call was an option of the socket", "this kernel does not have the option"},
	}
	g.Refs = []string{"RFC 792", "RFC 1122 §3.2.2.1", "SEMANTICS.md §3.4"}
	return g
}
