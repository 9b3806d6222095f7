package analysis

import "strings"

// State is the state of a TCP endpoint (RFC 9293 §3.3.2), under the names
// that Linux and Wireshark print.
type State uint8

// The states. FinWait2Bucket is Linux's: a socket that its application has
// closed and whose FIN has been acknowledged lives on as a time-wait bucket
// for tcp_fin_timeout (tcp_time_wait).
const (
	same State = iota // in a rule: the state stays
	Closed
	Listen
	SynSent
	SynRecv
	Established
	FinWait1
	FinWait2
	FinWait2Bucket
	CloseWait
	Closing
	LastAck
	TimeWait
)

var stateNames = [...]string{
	same: "same", Closed: "CLOSED", Listen: "LISTEN", SynSent: "SYN_SENT", SynRecv: "SYN_RECV",
	Established: "ESTABLISHED", FinWait1: "FIN_WAIT1", FinWait2: "FIN_WAIT2",
	FinWait2Bucket: "FIN_WAIT2 (time-wait bucket)", CloseWait: "CLOSE_WAIT", Closing: "CLOSING",
	LastAck: "LAST_ACK", TimeWait: "TIME_WAIT",
}

// String returns the state's name, such as "ESTABLISHED".
func (s State) String() string { return stateNames[s] }

// StateNamed returns the state with that name; ok is false if none has it.
func StateNamed(name string) (s State, ok bool) {
	for s := Closed; int(s) < len(stateNames); s++ {
		if stateNames[s] == name {
			return s, true
		}
	}
	return same, false
}

// states is a set of states.
type states uint16

func in(list ...State) states {
	var set states
	for _, s := range list {
		set |= 1 << s
	}
	return set
}

func (set states) has(s State) bool { return set&(1<<s) != 0 }

// The sets that rules speak of.
var (
	anyState     = ^states(0)
	synchronized = in(SynRecv, Established, FinWait1, FinWait2, CloseWait, Closing, LastAck)
	receiving    = in(Established, FinWait1, FinWait2)
	finReceived  = in(CloseWait, Closing, LastAck)
)

// bits are the marks on a socket that outlive its state.
type bits uint8

const (
	rcvShut  bits = 1 << iota // RCV_SHUTDOWN: nothing more will be read once the queue is empty
	sendShut                  // SEND_SHUTDOWN: nothing more may be written
	done                      // SOCK_DONE: a FIN has been received in order (tcp_fin)
)

func (b bits) has(want bits) bool { return b&want == want }

func (b bits) String() string {
	var names []string
	for _, n := range []struct {
		bit  bits
		name string
	}{{rcvShut, "RCV_SHUTDOWN"}, {sendShut, "SEND_SHUTDOWN"}, {done, "SOCK_DONE"}} {
		if b.has(n.bit) {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, "|")
}
