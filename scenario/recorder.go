package scenario

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// Recorder collects the calls that an application makes on its sockets. It is
// safe for concurrent use, and it keeps every event for as long as it lives.
type Recorder struct {
	mu     sync.Mutex // held to stamp and append, never during a call
	events []Event
	socks  int              // made so far
	calm   bool             // keep-alive probes are off: who thinks is not to be seen on the wire
	kept   bool             // conns is kept
	conns  []*Conn          // for a Kernel that asks about them
	trial  *Trial           // of the stage; nil if there is none
	shut   bool             // what returns now is no result
	cut    map[cutCall]bool // the calls whose deadline lay in the past when it was set
	begun  chan struct{}    // closed when the next call begins; nil if nobody waits
	stir   chan struct{}    // closed when the next call begins or ends; nil if nobody waits
}

// NewRecorder returns an empty recorder.
func NewRecorder() *Recorder { return &Recorder{} }

// Events returns a copy of the calls made so far, in order of their ID, which
// is the order in which they started. A call that has not returned has a zero
// End. It does not block.
func (r *Recorder) Events() []Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.events)
}

// socket is what a recorded call needs to know of its socket. The addresses
// are remembered because a closed connection no longer tells them.
type socket struct {
	number        int
	role          Role
	local, remote netip.AddrPort
}

func (s socket) event(op Op) Event {
	return Event{Conn: s.number, Role: s.role, Op: op, Local: s.local, Remote: s.remote}
}

// newSocket takes the next socket number.
func (r *Recorder) newSocket(role Role, local, remote netip.AddrPort) socket {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.socks++
	return socket{number: r.socks, role: role, local: local, remote: remote}
}

// begin gives e its ID and its Start. The stamp is taken under the lock, so
// that the order of the IDs is the order of the stamps.
func (r *Recorder) begin(e Event) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	e.ID = len(r.events) + 1
	e.Start = now()
	r.events = append(r.events, e)
	if r.begun != nil {
		close(r.begun)
		r.begun = nil
	}
	r.stirred()
	return e.ID
}

// stirred wakes those that await something. The lock is held.
func (r *Recorder) stirred() {
	if r.stir != nil {
		close(r.stir)
		r.stir = nil
	}
}

// await blocks until the calls made so far are such that cond, which must not
// keep them, is true. If ctx ends first it returns why.
func (r *Recorder) await(ctx context.Context, cond func([]Event) bool) error {
	for {
		r.mu.Lock()
		if cond(r.events) {
			r.mu.Unlock()
			return nil
		}
		if r.stir == nil {
			r.stir = make(chan struct{})
		}
		stir := r.stir
		r.mu.Unlock()
		select {
		case <-stir:
		case <-ctx.Done():
			return causeOf(ctx)
		}
	}
}

// nextBegun returns a channel that is closed once another call has begun.
func (r *Recorder) nextBegun() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.begun == nil {
		r.begun = make(chan struct{})
	}
	return r.begun
}

// end records that the call with this ID has just returned. The stamp is taken
// before the lock, which may have to be waited for.
// Then ask tells what the kernel says of its socket.
func (r *Recorder) end(id, n int, err error, ask func() heard) {
	t := now()
	r.endAt(id, t, n, err, ask())
}

// endAt is end for a call that returned at time t, whose socket has been asked of.
func (r *Recorder) endAt(id int, t time.Time, n int, err error, heard heard) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.shut {
		r.events[id-1].end(t, n, err, heard)
	}
	r.stirred()
}

// endMade is end for the calls that make a socket, at time t: listen, dial and
// accept know its number and its addresses only now.
func (r *Recorder) endMade(id int, t time.Time, s socket, err error, heard heard) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := &r.events[id-1]
	if !r.shut {
		e.end(t, 0, err, heard)
	}
	e.Conn, e.Local, e.Remote = s.number, s.local, s.remote
	r.stirred()
}

// shutOut makes calls that are still to return count as never returned: it is
// whoever takes their sockets away that ends them.
func (r *Recorder) shutOut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.shut = true
}

func (e *Event) end(t time.Time, n int, err error, heard heard) {
	e.End, e.N, e.Fault = t, n, FaultOf(err)
	e.State, e.StateAt = heard.state, heard.at
	if err != nil {
		e.Err = err.Error()
	}
}

// call records a call that transfers no octets.
func (r *Recorder) call(e Event, ask func() heard, do func() error) error {
	id := r.begin(e)
	err := do()
	r.end(id, 0, err, ask)
	return err
}

// now is the wall clock, the one that a capture's stamps come from. The
// monotonic reading is taken off, or subtracting two stamps would use it.
func now() time.Time { return time.Now().Round(0) }

// addrPort returns the address that a segment would carry: an IPv4 address
// that a dual-stack socket maps into IPv6 is unmapped. It is invalid for
// anything but an IP address with a port.
func addrPort(a net.Addr) netip.AddrPort {
	ip, ok := a.(interface{ AddrPort() netip.AddrPort })
	if !ok {
		return netip.AddrPort{}
	}
	ap := ip.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}
