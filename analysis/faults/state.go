package faults

import "github.com/rstwatch/rstwatch/scenario"

// What a socket says that is in no state for the call.

func notConnected() Guide {
	return Guide{
		Fault:  scenario.ENOTCONN,
		Prints: []string{"transport endpoint is not connected", "socket is not connected"},
		Means:  "The call needs a connection, and there is none any more. It is an echo: the reason is in another call's error.",
		Calls: map[string]string{
			linux: "CloseWrite and CloseRead once the connection has ended; they leave the pending error for the next Read or Write. " +
				"CloseWrite twice is well while it lasts. Read after connect(AF_UNSPEC).",
			darwin: "CloseWrite and CloseRead once the connection has ended, and each of them the second time.",
		},
		Clues: []Clue{
			{"an RST before the call", "the reset came first: the next Read tells it"},
			{"both FINs before the call", "the connection ended in order; there was nothing left to shut down"},
			{"neither", "the second CloseWrite (macOS), or a timer gave the connection up"},
		},
		Test:   []string{"errors.Is(err, syscall.ENOTCONN)"},
		Wraps:  `A *net.OpError (Op "close") wraps an *os.SyscallError ("shutdown") wraps the errno.`,
		Log:    "What the next Read says: that is the reason.",
		Ignore: "From a CloseWrite where the answer has been read already, or is about to be read.",
		Retry:  "Not the call: go on reading, and judge by what Read says.",
		Danger: perhapsDone,
		Refs:   []string{"shutdown(2)", "SEMANTICS.md §3.5, §6.3"},
	}
}

func invalid() Guide {
	return Guide{
		Fault:  "EINVAL",
		Prints: []string{"invalid argument"},
		Means:  "The call makes no sense to the kernel: an argument of no use, or on macOS a socket that has ended.",
		Calls: map[string]string{
			linux:  "Dial, where the route is of the type blackhole. Otherwise a program's own mistake.",
			darwin: "Setting an option (SetLinger, SetNoDelay, SetKeepAlive) on a connection that has ended: Linux allows it.",
		},
		Clues: []Clue{
			{"an RST before the call (macOS)", "the connection has ended: the next Read says why"},
			{"nothing on the wire, Dial", "a route of the type blackhole"},
		},
		Test:   []string{"errors.Is(err, syscall.EINVAL)"},
		Wraps:  `A *net.OpError (Op "set" or "dial") wraps an *os.SyscallError wraps the errno.`,
		Log:    "Which option, and what the next Read says.",
		Ignore: "From an option set on a connection that may have ended meanwhile (macOS).",
		Danger: "The same call again says the same.",
		Refs:   []string{"setsockopt(2)", "ip-route(8)", "SEMANTICS.md §3.7, §6.3"},
	}
}
