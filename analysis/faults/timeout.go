package faults

import "github.com/rstwatch/rstwatch/scenario"

func timedOut() Guide {
	return Guide{
		Fault:  scenario.ETIMEDOUT,
		Prints: []string{"connection timed out", "operation timed out"},
		Means: "The kernel gave up: what it sent was not acknowledged, however often it was sent. " +
			`The program's own deadline is another error, "i/o timeout".`,
		Calls: map[string]string{
			linux: "Dial, when the SYN's retries are used up (tcp_syn_retries). Read or Write, whichever comes first, after tcp_retries2, " +
				"TCP_USER_TIMEOUT or the last keep-alive probe; then EOF and EPIPE. If the peer's FIN had come, only Write tells. " +
				"An ICMP error that came meanwhile takes its place.",
			darwin: "Dial and Read. A Write on a connection given up says EPIPE.",
		},
		Clues: []Clue{
			{"the same data again and again, and no answer", "the path or the peer is gone, or a firewall drops; no RST is sent (Linux)"},
			{"keep-alive probes without an answer, then an RST,ACK of our own", "an idle peer has vanished: TCP_KEEPALIVE_TIMEOUT"},
			{"the SYN again and again", "a firewall drops it, the host is down, or the listener's queue is full"},
			{"probes of a closed window, each one answered", "the peer lives, but its program does not read: TCP_USER_TIMEOUT ran out (Linux)"},
		},
		Test: []string{"errors.Is(err, syscall.ETIMEDOUT)"},
		Wraps: "A *net.OpError wraps an *os.SyscallError wraps the errno. Timeout() is true of the program's deadline as well: " +
			"errors.Is(err, os.ErrDeadlineExceeded) tells the two apart, and is false here. " +
			"Go probes idle connections by default: after 15 s, every 15 s, 9 times.",
		Timeout: true,
		Log:     "How long the connection had been silent, and what was unacknowledged.",
		Retry:   "A dial that timed out. " + again,
		Danger:  perhapsDone + " What was not acknowledged may still have arrived: the acknowledgements may be what was lost.",
		Refs:    []string{"RFC 9293 §3.8.3", "RFC 9293 §3.8.4", "RFC 5482", "SEMANTICS.md §3.3, §3.4"},
	}
}
