package scenario

import (
	"net/netip"
	"time"
)

// Role says which side of a scenario made a call: "client", "server", or a
// name of the scenario's own.
type Role string

// The two roles that every connection has.
const (
	Client Role = "client"
	Server Role = "server"
)

// Op is an operation on a socket.
type Op string

// The operations. The four from OpSOError on occur in recordings made by other
// tools. The last three are no calls of the application: a killed process and a
// vanished host make none, and OpGone is what the kernel was heard to say.
const (
	OpListen     Op = "listen"
	OpBind       Op = "bind"
	OpDial       Op = "dial"
	OpAccept     Op = "accept"
	OpRead       Op = "read"
	OpWrite      Op = "write"
	OpClose      Op = "close"
	OpCloseWrite Op = "close-write"
	OpCloseRead  Op = "close-read"
	OpSetLinger  Op = "set-linger"
	OpSOError    Op = "so-error"
	OpPoll       Op = "poll"
	OpPeek       Op = "peek"
	OpShutdown   Op = "shutdown"
	OpDisconnect Op = "disconnect" // connect(2) with AF_UNSPEC
	OpKill       Op = "kill"       // the process is killed, and the kernel closes its socket
	OpVanish     Op = "vanish"     // the host forgets the connection and sends nothing
	OpGone       Op = "gone"       // no socket has these addresses any more, nor a time-wait bucket
)

// What a poll asks for and finds, as bits of Asked and N, numbered as Linux
// numbers them (poll(2)) on every platform. PollErr and PollHup need not be
// asked for; a poll that asks for nothing does not wait, and finds all.
const (
	PollIn    = 0x0001
	PollErr   = 0x0008 // a pending error
	PollHup   = 0x0010 // both directions have ended
	PollRdHup = 0x2000 // nothing more will come
)

// Event is one call that an application made on a socket, and what it
// returned. It is an interval: whatever caused its result happened before End,
// not necessarily before Start.
type Event struct {
	ID            int // order of Start within the run, from 1
	Conn          int // which socket, from 1: a 5-tuple can live twice; 0 for a library's call, see Op.Library
	Role          Role
	Op            Op
	Local, Remote netip.AddrPort // invalid where not known
	Start, End    time.Time      // wall clock; End is zero while the call has not returned
	Deadline      time.Time      // in force during the call, also if set meanwhile: then no earlier than that; zero if none
	Asked, N      int            // octets asked for and done; for set-linger Asked is the seconds; for poll the bits
	Fault         Fault          // "" if the call succeeded
	Err           string         // what Go printed; "" if the call succeeded
	// State is the TCP state that the kernel gave for the socket between End and
	// StateAt, such as "ESTABLISHED"; "" if it was not asked, for one, once the
	// socket had been closed. It is what TCP_INFO says, and TIME_WAIT where the
	// kernel keeps that in a socket of its own (tcp_time_wait).
	State   string
	StateAt time.Time
}
