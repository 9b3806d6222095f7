package scenario

import (
	"context"
	"time"
)

// Peer is one end of a connection in a story. Its calls return nothing: what
// they did is in the recording. The waits take nothing from the socket; one that
// does not come true within the story's limit aborts the story.
type Peer struct {
	stage *Stage
	role  Role
	conn  *Conn // nil if the dial failed
	prop  *prop
}

// peer makes an end of a connection that is open from now on; c is nil if
// there is none.
func (s *Stage) peer(role Role, c *Conn) *Peer {
	p := &Peer{stage: s, role: role, conn: c}
	if c != nil {
		p.prop = s.add(&prop{role: role, sock: c.sock, close: c.Close, release: c.net.Close})
	}
	return p
}

// Read reads once, n octets at most. It blocks until there are some, or the
// stream ends or fails.
func (p *Peer) Read(n int) {
	p.callWith(OpRead, n, func() { p.conn.Read(make([]byte, n)) })
}

// ReadWithin reads as Read does, under a deadline of d from now. If d is not
// above 0 the deadline has passed before the call. Later reads have none.
func (p *Peer) ReadWithin(n int, d time.Duration) {
	p.callWith(OpRead, n, func() {
		// Where the deadline can not be set the read fails in the same way.
		p.conn.SetReadDeadline(time.Now().Add(d))
		p.conn.Read(make([]byte, n))
		p.conn.SetReadDeadline(time.Time{})
	})
}

// Write writes text. It blocks until the socket has taken all of it.
func (p *Peer) Write(text string) {
	p.callWith(OpWrite, len(text), func() { p.conn.Write([]byte(text)) })
}

// Close closes the connection.
func (p *Peer) Close() {
	p.call(OpClose, func() {
		p.conn.Close()
		p.stage.remove(p.prop)
	})
}

// CloseWrite ends the stream of this side (shutdown(2), SHUT_WR).
func (p *Peer) CloseWrite() { p.call(OpCloseWrite, func() { p.conn.CloseWrite() }) }

// CloseRead ends reading on this side (shutdown(2), SHUT_RD).
func (p *Peer) CloseRead() { p.call(OpCloseRead, func() { p.conn.CloseRead() }) }

// SetLinger sets what Close does, see [Conn.SetLinger]. With sec above 0 a
// Close may block that long, and nothing wakes it.
func (p *Peer) SetLinger(sec int) { p.callWith(OpSetLinger, sec, func() { p.conn.SetLinger(sec) }) }

// SOError takes the pending error, see [Conn.SOError].
func (p *Peer) SOError() { p.call(OpSOError, func() { p.conn.SOError() }) }

// AwaitHangup blocks until both directions have ended, see [Conn.AwaitHangup].
func (p *Peer) AwaitHangup() {
	if p.conn != nil {
		p.stage.wait(p.conn.sock.event(OpPoll), p.conn.AwaitHangup)
	}
}

// AwaitFIN blocks until the other side's FIN has arrived, see [Conn.AwaitFIN].
func (p *Peer) AwaitFIN() {
	if p.conn != nil {
		p.stage.wait(p.conn.sock.event(OpPoll), p.conn.AwaitFIN)
	}
}

// AwaitFINAcked blocks until the other side has acknowledged the FIN of this
// side, which is closed or has called CloseWrite, see [AwaitFINAcked].
func (p *Peer) AwaitFINAcked() {
	if p.conn == nil {
		return
	}
	s := p.conn.sock
	p.stage.wait(s.event(""), func(ctx context.Context) error {
		return AwaitFINAcked(ctx, s.role, s.local, s.remote)
	})
}

func (p *Peer) call(op Op, do func()) { p.callWith(op, 0, do) }

// callWith makes a call that asks for something: octets, or seconds.
func (p *Peer) callWith(op Op, asked int, do func()) {
	if p.conn == nil {
		return
	}
	next := p.conn.sock.event(op)
	next.Asked = asked
	p.stage.makeWithin(next, func(bound time.Duration) {
		defer p.conn.within(op, bound)()
		do()
	})
}
