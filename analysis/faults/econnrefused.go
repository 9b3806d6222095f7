package faults

import "github.com/rstwatch/rstwatch/scenario"

func refused() Guide {
	return Guide{
		Fault:  scenario.ECONNREFUSED,
		Prints: []string{"connection refused", "actively refused it"},
		Means: "The dial was answered with a no: by the peer's kernel, because nobody listens on that address and port, " +
			"or by a firewall.",
		Calls: map[string]string{
			linux: "Dial, at once: an RST to the SYN, or an ICMP port unreachable. On a connection that stands such an ICMP message " +
				"is only remembered, and takes the place of ETIMEDOUT when the kernel gives up.",
			darwin: "Dial: an RST to the SYN, or an ICMP port or protocol unreachable or administratively prohibited. " +
				"In the firewall's stealth mode nothing answers: ETIMEDOUT.",
		},
		Clues: []Clue{
			{"RST,ACK with sequence number 0 and window 0 after the SYN", "nobody listens there: NO_SOCKET; or a firewall that rejects with " +
				"a tcp reset, which differs in its TTL at most"},
			{"ICMP type 3 code 3, or ICMPv6 type 1 code 4", "a firewall rejects; the message's source address says which"},
			{"no SYN at all", "the own firewall rejects what goes out"},
			{"the address in the error is not the one that the server listens on",
				"Dial tried several addresses of a name, such as ::1 and 127.0.0.1, and reports the first one's error"},
		},
		Test:   []string{"errors.Is(err, syscall.ECONNREFUSED)"},
		Wraps:  `A *net.OpError (Op "dial") wraps an *os.SyscallError ("connect") wraps the errno.`,
		Log:    "The address that was dialled, with its port: the name alone does not tell which one refused.",
		Ignore: "While the server is known to be starting, up to a limit.",
		Retry:  "A dial was refused: no connection came about, and no byte was sent. Wait between the attempts, longer each time and not all clients alike.",
		Danger: "It came from a Read or Write on a connection that stood: treat it as ETIMEDOUT.",
		Refs:   []string{"RFC 9293 §3.10.7.1", "RFC 9293 §3.10.7.3", "RFC 1122 §4.2.3.9", "SEMANTICS.md §3.4"},
	}
}
