package proof

import (
	"slices"

	"github.com/rstwatch/rstwatch/scenario"
)

// CallKey names a call such that the same call of another performance of the
// story can be told: the nth of its kind, on its socket.
type CallKey struct {
	Role scenario.Role
	Op   scenario.Op
	Conn int // the socket's number; 0 for calls that make a socket, and for those of libraries
	Nth  int // from 1, of those with the same Role, Op and Conn
}

// kind returns the key of a call without its number.
func kind(e scenario.Event) CallKey {
	k := CallKey{Role: e.Role, Op: e.Op, Conn: e.Conn}
	switch e.Op {
	case scenario.OpDial, scenario.OpAccept, scenario.OpListen, scenario.OpBind:
		k.Conn = 0
	}
	if e.Op.Library() {
		k.Conn = 0
	}
	return k
}

// Counter numbers calls as they are begun. It is not safe for concurrent use.
type Counter struct {
	begun map[CallKey]int
	made  map[CallKey][]int
}

// NewCounter returns one that has counted nothing.
func NewCounter() *Counter {
	return &Counter{begun: make(map[CallKey]int), made: make(map[CallKey][]int)}
}

// Begin returns the key of a call that is about to be made.
func (c *Counter) Begin(next scenario.Event) CallKey {
	k := kind(next)
	c.begun[k]++
	k.Nth = c.begun[k]
	return k
}

// Made notes that the call with this key is made, and so recorded.
func (c *Counter) Made(k CallKey) {
	n := k.Nth
	k.Nth = 0
	c.made[k] = append(c.made[k], n)
}

// Calls returns the calls of a recording by their keys. A call that was withheld
// has a number and is not in the recording. Polls have no keys: whether one is
// made may depend on what was found.
func (c *Counter) Calls(events []scenario.Event) map[CallKey]scenario.Event {
	calls := make(map[CallKey]scenario.Event)
	seen := make(map[CallKey]int)
	for _, e := range events {
		k := kind(e)
		if n := seen[k]; n < len(c.made[k]) {
			seen[k]++
			k.Nth = c.made[k][n]
			calls[k] = e
		}
	}
	return calls
}

// Keys returns the keys of the calls of a recording, by their IDs, where none
// was withheld.
func Keys(events []scenario.Event) map[int]CallKey {
	keys, c := make(map[int]CallKey), NewCounter()
	for _, e := range events {
		keys[e.ID] = c.Begin(e)
	}
	return keys
}

// Sends reports whether a call of this kind can make its socket send something
// by itself.
func Sends(op scenario.Op) bool {
	return slices.Contains([]scenario.Op{scenario.OpDial, scenario.OpWrite, scenario.OpClose, scenario.OpCloseWrite,
		scenario.OpDisconnect, scenario.OpKill, scenario.OpVanish, scenario.OpShutdown}, op)
}

// Takes reports whether a call of this kind takes the error that waits at its
// socket.
func Takes(op scenario.Op) bool {
	return slices.Contains([]scenario.Op{scenario.OpRead, scenario.OpWrite, scenario.OpSOError}, op)
}

// Repeats reports whether a call does once more what another on the same socket
// was to do, and would have done had it been made.
func Repeats(k, of CallKey) bool {
	ends := k.Op == scenario.OpClose || k.Op == scenario.OpCloseWrite || k.Op == scenario.OpShutdown
	return ends && k.Role == of.Role && k.Op == of.Op && k.Conn == of.Conn && k.Nth > of.Nth
}
