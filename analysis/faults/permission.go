package faults

// What a policy says.

func accessDenied() Guide {
	g := unreachable("EACCES", "permission denied")
	g.Means = "A policy forbids it: a firewall on an IPv6 path, a route, a security module, or the rule about low ports."
	g.Calls = map[string]string{
		linux: "Dial, at once: an ICMPv6 administratively prohibited, a route of the type prohibit, or a security module. " +
			"Listen on a port below ip_unprivileged_port_start, 1024 by default." + afterICMP,
	}
	g.Clues = []Clue{
		{"ICMPv6 type 1 code 1, 5 or 6", "a firewall rejects; the message's source address says which. Over IPv4 its like is EHOSTUNREACH"},
		{"nothing on the wire, Dial", "a route of the type prohibit, or a security module (its audit log says)"},
		{"nothing on the wire, Listen", "the port is a low one: CAP_NET_BIND_SERVICE, or the sysctl"},
	}
	g.Log = "The address, and under which user and in which container or namespace."
	g.Retry = ""
	g.Danger = "As long as the policy stands it is in vain. " + asTimeout
	g.Refs = []string{"RFC 4443 §3.1", "ip-route(8)", "capabilities(7)", "SEMANTICS.md §3.4"}
	return g
}

func notPermitted() Guide {
	g := unreachable("EPERM", "operation not permitted")
	g.Means = "A policy on this host forbids the call. Nothing in TCP says it, and no peer can provoke it."
	g.Calls = map[string]string{
		linux: "Dial or Listen: a BPF program of the control group, or a seccomp filter of the container, refuses the call.",
	}
	g.Clues = []Clue{
		{"nothing on the wire", "the call did not reach TCP: look at the container's or service's own policy"},
	}
	g.Log = "The address, and under which user and in which container or namespace."
	g.Retry, g.Danger = "", "As long as the policy stands it is in vain."
	g.Refs = []string{"connect(2)", "bpf(2)", "seccomp(2)"}
	return g
}
