package faults

import "github.com/rstwatch/rstwatch/scenario"

func connectionReset() Guide {
	return Guide{
		Fault:  scenario.ECONNRESET,
		Prints: []string{"connection reset by peer", "forcibly closed by the remote host"},
		Means: "An RST ended the connection, in both directions at once. Of bytes that were still under way, " +
			"either way, nobody can say whether they were read.",
		Calls: map[string]string{
			linux: "The first call after the RST takes it, be it Read, Write or SO_ERROR; then Read says EOF and Write EPIPE. " +
				"A Read first returns what had arrived before the RST. If the peer's FIN came before the RST, " +
				"Read says EOF and Write EPIPE (ECONNRESET, if an own FIN had gone out too).",
			darwin: "A Read, once, even after an EOF. Every Write says EPIPE and leaves ECONNRESET for the reader.",
		},
		Clues: []Clue{
			{"RST,ACK just after data reached its sender", "its program closed, or died, with bytes unread: TCP_ABORT_ON_CLOSE"},
			{"RST,ACK, and its sender had read everything", "SetLinger(0) and Close, a listener closed with the connection in its queue, " +
				"or ss -K: TCP_STATE; only the sender's calls tell which"},
			{"RST without ACK, window 0", "the answer to a segment of ours: there is no such connection any more, because the peer closed, " +
				"crashed or forgot it: TCP_TIMEWAIT_SOCKET, TCP_ABORT_ON_DATA, TCP_FLAGS, NO_SOCKET or INVALID_SYN, all alike on the wire"},
			{"the RST's TTL is not that of the peer's other segments, or the peer's own capture lacks it",
				"a middlebox, or somebody, sent it in the peer's name"},
			{"RST,ACK after keep-alive probes that got no answer", "the peer took us for dead: TCP_KEEPALIVE_TIMEOUT"},
			{"no RST came in, one went out, and the program had shut down both directions",
				"data came after that, so the own kernel ended it: TCP_ABORT_ON_DATA (Linux)"},
			{"no RST came in, one went out, and Reads after it say ENOTCONN", "the program's own connect(AF_UNSPEC) (Linux)"},
		},
		Test: []string{"errors.Is(err, syscall.ECONNRESET)"},
		Wraps: `A *net.OpError (Op "read" or "write") wraps an *os.SyscallError wraps the errno. io.Copy from socket to socket ` +
			`says "splice" whichever of the two was reset; from a file it is an *fs.PathError that names the file.`,
		Log: "Both addresses, the bytes done, and how long the connection had been idle: an idle time that is always the same " +
			"is somebody's timeout.",
		Ignore: "In a server between two requests, or once the answer was read whole: the peer has gone.",
		Retry:  again,
		Danger: perhapsDone + " An RST does not say how far the peer got, and an answer sent just before it may be lost.",
		Refs:   []string{"RFC 9293 §3.10.7.4", "RFC 2525 §2.17", "RFC 9110 §9.2.2", "golang/go#19943 (Idempotency-Key)", "SEMANTICS.md §3.3, §5"},
	}
}
