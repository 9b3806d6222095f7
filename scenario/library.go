package scenario

import (
	"context"
	"net"
	"slices"
	"time"
)

// Calls of libraries that make calls on sockets themselves. What such a call
// says is often not what the socket said, and it is what people see. Its event
// has no socket (Conn is 0, and there are no addresses): the calls that it made
// are events of their own, within its interval.
const (
	OpHTTPRequest  Op = "http-request"
	OpHTTPRead     Op = "http-read" // of a response, or of its body
	OpHTTPWrite    Op = "http-write"
	OpTLSHandshake Op = "tls-handshake"
	OpTLSRead      Op = "tls-read"
	OpTLSWrite     Op = "tls-write"
	OpTLSClose     Op = "tls-close"
	OpCopy         Op = "copy" // io.Copy
)

// Library reports whether op is a call of a library, and not one on a socket.
func (op Op) Library() bool {
	switch op {
	case OpHTTPRequest, OpHTTPRead, OpHTTPWrite, OpTLSHandshake, OpTLSRead, OpTLSWrite, OpTLSClose, OpCopy:
		return true
	}
	return false
}

// Library makes a call of a library and records it, with the error that do
// returns. It blocks as long as do does.
func (r *Recorder) Library(role Role, op Op, do func() error) error {
	return r.call(Event{Role: role, Op: op}, unasked, do)
}

// Library makes a call of a library on connections that it was lent
// ([Peer.Lend]), see [Recorder.Library]. Library code may also make it, in a
// handler for example, while the story itself waits.
func (s *Stage) Library(role Role, op Op, do func() error) {
	s.call(role, op, func() { s.rec.Library(role, op, do) })
}

// Lend gives the connection to a library, which closes it. The story then waits
// with AwaitClosed until it has. If the dial failed the story is aborted.
func (p *Peer) Lend() net.Conn {
	if p.conn == nil {
		panic(abort{net.ErrClosed})
	}
	if p.stage.opts.Gate != nil || p.stage.opts.Trial != nil {
		return &lent{p.conn, p.stage}
	}
	return p.conn
}

// AwaitClosed blocks until somebody else has closed the connection that was
// lent, and none of its calls is under way.
func (p *Peer) AwaitClosed() {
	closed := p.awaitCalls(func(mine []Event) bool {
		return slices.ContainsFunc(mine, func(e Event) bool { return e.Op == OpClose }) &&
			!slices.ContainsFunc(mine, func(e Event) bool { return e.End.IsZero() })
	})
	if closed {
		p.stage.remove(p.prop)
	}
}

// AwaitReading blocks until a read is under way on the connection that was
// lent: from then on the library will be told what comes.
func (p *Peer) AwaitReading() {
	p.awaitCalls(func(mine []Event) bool {
		return slices.ContainsFunc(mine, func(e Event) bool { return e.Op == OpRead && e.End.IsZero() })
	})
}

// AwaitData blocks until there is something to read, an RST or a FIN included.
// It reads nothing, takes no pending error, and is recorded as a poll.
func (p *Peer) AwaitData() {
	if p.conn != nil {
		p.stage.wait(p.conn.sock.event(OpPoll), func(ctx context.Context) error { return p.conn.poll(ctx, PollIn, "data") })
	}
}

// awaitCalls blocks until the calls on this end are such that cond is true. It
// does not hold the stage's lock: the library may have to be released meanwhile.
// It reports whether they are: in a trial it may give up.
func (p *Peer) awaitCalls(cond func(mine []Event) bool) bool {
	if p.conn == nil {
		return false
	}
	start := time.Now()
	ctx, cancel, gaveUp := p.stage.waiting(p.conn.sock.event(""))
	defer cancel()
	err := p.stage.rec.await(ctx, func(all []Event) bool {
		return cond(slices.DeleteFunc(slices.Clone(all), func(e Event) bool { return e.Conn != p.conn.sock.number }))
	})
	if err != nil && !gaveUp(err) {
		s := p.conn.sock
		panic(abort{&WaitError{Role: s.role, For: "a library's calls", Local: s.local, Remote: s.remote,
			Waited: time.Since(start), Err: err}})
	}
	return err == nil
}

// Await blocks until done is closed. It is for what a library's goroutine tells
// the story, or the story it.
func (s *Stage) Await(done <-chan struct{}) {
	ctx, cancel, _ := s.waiting(Event{})
	defer cancel()
	select {
	case <-done:
	case <-ctx.Done():
		s.goOn() // or else a trial has come to its bound
	}
}
