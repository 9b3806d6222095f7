package faults

import "github.com/rstwatch/rstwatch/scenario"

func brokenPipe() Guide {
	return Guide{
		Fault:  scenario.EPIPE,
		Prints: []string{"broken pipe"},
		Means: "A Write on a socket that can not send any more. It says that the way out is shut, not why: " +
			"the reason is an earlier event.",
		Calls: map[string]string{
			linux: "Every Write from then on. After an RST the first call says ECONNRESET, and EPIPE is what the Writes after it say; " +
				"if the peer's FIN came before the RST, EPIPE is the first answer, and Read says EOF. SO_ERROR can take that one.",
			darwin: "Every Write after an RST, the first included; the error itself waits for a Read.",
		},
		Clues: []Clue{
			{"the peer's FIN, then data of ours, then an RST without ACK", "the peer had closed, and we went on writing: TCP_TIMEWAIT_SOCKET; " +
				"TCP_ABORT_ON_DATA if that data was the first to acknowledge the FIN; TCP_FLAGS or NO_SOCKET a minute later"},
			{"an earlier call failed, with ECONNRESET, ETIMEDOUT or the like", "that one names the cause: on Linux an error is told once"},
			{"no RST, and a FIN of our own", "the program's own CloseWrite"},
		},
		Test: []string{"errors.Is(err, syscall.EPIPE)"},
		Wraps: `A *net.OpError (Op "write") wraps an *os.SyscallError wraps the errno. Go ignores the SIGPIPE that comes with it, ` +
			"except on file descriptors 1 and 2.",
		Log: "The first error of this connection, and how many bytes were written before: EPIPE itself is an echo. " +
			"The Write that drew the RST had succeeded.",
		Ignore: "In a server whose client has gone before the answer was whole: nobody is left to be told.",
		Retry:  again,
		Danger: perhapsDone + " This Write was not sent, but those before it were.",
		Refs:   []string{"RFC 9293 §3.10.7.4", "RFC 1122 §4.2.2.13", "RFC 9110 §9.2.2", "SEMANTICS.md §2"},
	}
}
