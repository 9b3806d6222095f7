package kernel

import (
	"net/netip"
	"time"
)

// Signal is one thing that the kernel said. Fields that its kind does not have
// are zero.
type Signal struct {
	ID     int       // its place in the run, from 1; 0 until a run numbers it
	Time   time.Time // when the event was raised
	Kind   Kind
	Socket uint64 // the socket's cookie (SO_COOKIE), unique while the machine is up; 0 if the kernel did not give it

	// Local and Remote are the socket's addresses. Of a [SendReset] they are
	// the RST's source and destination; where a listener answered, a kernel that is
	// asked through tracefs does not say the destination, and Remote is unspecified.
	Local, Remote netip.AddrPort
	State, Before State    // the socket's state; of a [SetState], and of a [SendReset] with a stack, also the one before
	Reason        string   // of a [SendReset]: the name in enum sk_rst_reason without its prefix; "" if the kernel has none
	Answers       bool     // a [SendReset] that answers a segment, and is not a socket's own abort
	Stack         []string // of a [SendReset] without a reason: the kernel's functions that led to it, the innermost first, see [Told]
	Seq           uint32   // of a [SendReset]: the RST's sequence number
	HasSeq        bool

	Errno string // of an [ErrorReport]: sk_err by its name, such as "ECONNRESET"; of a call: what it failed with, "" if it did not
	N     int    // of a call that did not fail: what it returned, mostly octets

	Call  string    // of a [Return]: the system call's name, such as "connect"
	FD    int       // of a [Return]: the descriptor that it was made on
	Start time.Time // of a [Return]: when the call was made

	// Of a [Return] only.
	Asked      int    // octets that were asked for; of a shutdown its second argument, of an option its number, of a connect the address's family; 0 where it is not known
	Value      int    // of getsockopt(SO_ERROR) the errno, of setsockopt(SO_LINGER) the seconds, -1 where it is switched off, of TCP_REPAIR what it is set to
	HasValue   bool   // the value could be read
	Writes     bool   // a splice that octets go to the socket by
	Made       uint64 // the cookie of the socket that an accept has made, whose addresses Local and Remote are then
	Last       bool   // of a close, or of a dup2 onto FD: nothing else led to the socket
	Peeks      bool   // MSG_PEEK
	Unfinished bool   // the thread ended before the call returned: then Time is when it ended

	// The process that had the CPU: of a call the caller, of other kinds often
	// one that has nothing to do with the socket.
	PID, TID int
	Parent   int    // of a [Fork]: the process that forked; PID is the child
	Comm     string // its name, up to 15 octets, as it gave it itself: not to be trusted
}

// State is a TCP socket's state, as the kernel numbers them
// (include/net/tcp_states.h); 0 is unknown.
type State uint8

// The states that say why a socket answers with an RST.
const (
	established State = 1
	synSent     State = 2
	synReceived State = 3
	finWait2    State = 5
	timeWait    State = 6
	closed      State = 7
	closeWait   State = 8
	lastAck     State = 9
	listening   State = 10
	closing     State = 11
)

var stateNames = [...]string{"", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT",
	"CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING", "NEW_SYN_RECV"}

// String returns the kernel's name without its prefix, such as "FIN_WAIT1", or
// "" for an unknown state.
func (s State) String() string {
	if int(s) >= len(stateNames) {
		return ""
	}
	return stateNames[s]
}

// ParseState returns the state of a name, with or without "TCP_" before it.
func ParseState(name string) (State, bool) {
	if len(name) > 4 && name[:4] == "TCP_" {
		name = name[4:]
	}
	for i, n := range stateNames {
		if n == name && n != "" {
			return State(i), true
		}
	}
	return 0, false
}
