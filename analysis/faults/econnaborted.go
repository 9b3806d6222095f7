package faults

import "github.com/rstwatch/rstwatch/scenario"

func aborted() Guide {
	return Guide{
		Fault:  scenario.ECONNABORTED,
		Prints: []string{"software caused connection abort"},
		Means:  "The own host ended the connection, and the program did not ask for it. The peer got an RST.",
		Calls: map[string]string{
			linux: "The first Read or Write after it, once; then EOF and EPIPE. If the peer's FIN had come, only Write tells. " +
				"Never Accept: a connection that was reset in the queue is returned as if it lived.",
			darwin: "Accept, inside the net package, for a connection that was reset in the queue of a dual-stack listener: " +
				"Go waits for the next one, and the program sees nothing.",
		},
		Clues: []Clue{
			{"an RST,ACK of our own that no Close explains", "ss -K, or another program with CAP_NET_ADMIN or a BPF program, destroyed the socket: TCP_STATE"},
		},
		Test:   []string{"errors.Is(err, syscall.ECONNABORTED)"},
		Wraps:  "A *net.OpError wraps an *os.SyscallError wraps the errno.",
		Log:    "The time and both addresses: somebody on this machine did it, and its own log may say why.",
		Retry:  again,
		Danger: perhapsDone,
		Refs:   []string{"RFC 9293 §3.10.5", "ss(8), -K", "SEMANTICS.md §3.3"},
	}
}
