package kernel

import "slices"

// Told says why an RST was sent, as far as its signal tells: the kernel's own word,
// or before Linux 6.10 what the functions mean that led to it. There they leave
// several reasons open where one function has several; nil says that nothing can
// be told. The names are always those of enum sk_rst_reason of Linux 6.18.
func Told(s *Signal) []string {
	if s.Kind != SendReset {
		return nil
	}
	if s.Reason != "" {
		return []string{s.Reason}
	}
	for _, name := range s.Stack {
		if slices.Contains(subflow, name) {
			return nil
		}
		for _, p := range paths {
			if p.function == name && p.answers == s.Answers {
				return p.reasons(s)
			}
		}
	}
	return nil
}

// path is a function of the kernel that sends RSTs, and why it does.
type path struct {
	function string
	answers  bool
	reasons  func(*Signal) []string
	source   string
}

// paths are looked through for each function of a stack, the innermost first. What
// is inlined into its caller is not on the stack, so callers are here too.
var paths = []path{
	{"tcp_check_req", true, just("INVALID_SYN"), "net/ipv4/tcp_minisocks.c: embryonic_reset"},
	{"tcp_v4_do_rcv", true, ofSocket, "net/ipv4/tcp_ipv4.c: reset"},
	{"tcp_v6_do_rcv", true, ofSocket, "net/ipv6/tcp_ipv6.c: reset"},
	{"tcp_v4_rcv", true, ofSegment, "net/ipv4/tcp_ipv4.c: no_tcp_socket, do_time_wait"},
	{"tcp_v6_rcv", true, ofSegment, "net/ipv6/tcp_ipv6.c: no_tcp_socket, do_time_wait"},
	{"tcp_keepalive_timer", false, ofKeepalive, "net/ipv4/tcp_timer.c: tcp_keepalive_timer"},
	{"tcp_out_of_resources", false, just("TCP_ABORT_ON_MEMORY"), "net/ipv4/tcp_timer.c: tcp_out_of_resources"},
	{"tcp_write_timer_handler", false, just("TCP_ABORT_ON_MEMORY"), "net/ipv4/tcp_timer.c: tcp_out_of_resources"},
	{"tcp_disconnect", false, ofDisconnect, "net/ipv4/tcp.c: tcp_disconnect"},
	{"tcp_abort", false, just("TCP_STATE"), "net/ipv4/tcp.c: tcp_abort"},
	{"__tcp_close", false, ofClose, "net/ipv4/tcp.c: __tcp_close"},
	{"tcp_close", false, ofClose, "net/ipv4/tcp.c: __tcp_close"},
}

// subflow are the functions that abort a subflow of an MPTCP connection, for a
// reason of that connection's (net/mptcp/protocol.c, subflow.c).
var subflow = []string{"mptcp_do_fastclose", "mptcp_subflow_reset"}

// Functions returns the names that [Told] knows, each once.
func Functions() []string {
	names := slices.Clone(subflow)
	for _, p := range paths {
		names = append(names, p.function)
	}
	return names
}

func just(reasons ...string) func(*Signal) []string { return func(*Signal) []string { return reasons } }

// ofSegment is why a segment is answered that came to no socket, or to what a
// socket has left. The kernel names that in the event.
func ofSegment(s *Signal) []string {
	switch s.State {
	case 0:
		return []string{"NO_SOCKET"}
	case timeWait:
		return []string{"TCP_TIMEWAIT_SOCKET"}
	}
	return ofSocket(s)
}

// ofSocket is why a socket answers a segment: tcp_rcv_state_process has returned,
// and the state that it has left tells what it found.
func ofSocket(s *Signal) []string {
	switch s.State {
	case listening:
		return []string{"TCP_FLAGS"}
	case synSent:
		return []string{"TCP_INVALID_ACK_SEQUENCE", "TCP_RFC7323_PAWS"}
	case synReceived:
		return []string{"TCP_INVALID_ACK_SEQUENCE", "TCP_TOO_OLD_ACK", "TCP_ACK_UNSENT_DATA", "TCP_OLD_ACK", "TCP_FLAGS"}
	case closed:
		return []string{"TCP_ABORT_ON_DATA"} // tcp_done or tcp_reset has run
	}
	return nil
}

// ofDisconnect is why a socket is taken out of its connection, by the state that
// it was in.
func ofDisconnect(s *Signal) []string {
	switch s.Before {
	case 0:
		return []string{"TCP_STATE", "TCP_DISCONNECT_WITH_DATA"}
	case lastAck, closing:
		return []string{"TCP_DISCONNECT_WITH_DATA"}
	}
	return []string{"TCP_STATE"} // tcp_need_reset
}

// ofClose is why a close aborts. What it does after the state of an open socket has
// moved on, for want of memory or of patience, shows in that state.
func ofClose(s *Signal) []string {
	switch s.Before {
	case established, closeWait, synReceived:
		return []string{"TCP_ABORT_ON_CLOSE"}
	}
	return []string{"TCP_ABORT_ON_CLOSE", "TCP_ABORT_ON_LINGER", "TCP_ABORT_ON_MEMORY"}
}

// ofKeepalive: the timer of keep-alive probes also ends FIN_WAIT2 of a socket that
// nobody has.
func ofKeepalive(s *Signal) []string {
	if s.State == finWait2 {
		return []string{"TCP_KEEPALIVE_TIMEOUT", "TCP_STATE"}
	}
	return []string{"TCP_KEEPALIVE_TIMEOUT"}
}
