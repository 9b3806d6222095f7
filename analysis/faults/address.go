package faults

// What the table of local addresses and ports says.

func addressInUse() Guide {
	g := unreachable("EADDRINUSE", "address already in use")
	g.Means = "Another socket has that address and port. Nothing on the wire has a part in it."
	const both = "Listen; and Dial, if the program chose its local address and port by itself."
	g.Calls = map[string]string{linux: both, darwin: both}
	g.Clues = []Clue{
		{"ss -ltnp, or lsof -i, shows a listener", "another process, or the same one twice"},
		{"no listener there, and the program is not Go's net", "old connections in TIME_WAIT, and no SO_REUSEADDR: Go sets it on every listener"},
	}
	g.Wraps = `A *net.OpError (Op "listen" or "dial") wraps an *os.SyscallError ("bind") wraps the errno.`
	g.Log = "The address, and who has it."
	g.Retry = "The old process is about to end: wait for that. In tests, listen on port 0 and ask which one it became."
	g.Danger = ""
	g.Refs = []string{"bind(2)", "socket(7), SO_REUSEADDR"}
	return g
}

func addressNotAvailable() Guide {
	g := unreachable("EADDRNOTAVAIL", "cannot assign requested address")
	g.Prints = append(g.Prints, "can't assign requested address")
	g.Means = "There is no local address and port for this connection: all ports towards that destination are in use, " +
		"or the address is none of this host's."
	g.Calls = map[string]string{
		linux:  "Dial, when the ports of ip_local_port_range are used up towards that address and port. Listen or Dial with an address that is not this host's.",
		darwin: "Listen or Dial with an address that is not this host's.",
	}
	g.Clues = []Clue{
		{"thousands of connections in TIME_WAIT to one address (ss -tan)", "a connection for each request: read the answers to their end and reuse connections"},
		{"thousands of connections that live", "a leak: answers whose Body was never closed"},
		{"an address was given", "it is no address of this host, or not yet (IPv6 needs a moment)"},
	}
	g.Wraps = `A *net.OpError (Op "dial" or "listen") wraps an *os.SyscallError ("connect" or "bind") wraps the errno.`
	g.Log = "The destination, and how many connections there are to it."
	g.Retry = "Ports come back as connections leave TIME_WAIT, a minute on Linux; better reuse connections."
	g.Danger = ""
	g.Refs = []string{"ip(7), ip_local_port_range", "SEMANTICS.md §3.7"}
	return g
}
