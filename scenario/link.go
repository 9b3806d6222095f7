package scenario

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// Context ends when the story must: at its limit, or when nobody waits for it
// any more. Library code that is not told by its sockets is given it.
func (s *Stage) Context() context.Context { return s.ctx }

// DialContext connects a client as Dial does, and gives up when ctx ends, which
// is a result like any other.
func (s *Stage) DialContext(ctx context.Context, to netip.AddrPort) (p *Peer) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	p = &Peer{stage: s, role: Client}
	s.makeWithin(Event{Role: Client, Op: OpDial, Remote: to}, func(bound time.Duration) {
		if bound > 0 {
			ctx, cancel = context.WithTimeout(ctx, bound)
			defer cancel()
		}
		c, _ := s.rec.Dialer(Client).dial(ctx, "tcp", to.String()) // the error is in the recording
		p = s.peer(Client, c)
	})
	return p
}

// Link makes a connection between two applications of the story, on a listener
// of its own, and returns both ends, that of the one who dials first. With it a
// story has a third application, such as a proxy. If that fails the story is
// aborted.
func (s *Stage) Link(dials, listens Role) (from, to *Peer) {
	var l *Listener
	var err error
	at := s.nextAddress()
	s.call(listens, OpListen, func() {
		if l, err = s.rec.Listen(s.ctx, listens, "tcp", at.String()); err == nil {
			s.add(&prop{role: listens, sock: l.sock, close: l.Close, release: l.net.Close})
		}
	})
	if err != nil {
		panic(abort{fmt.Errorf("scenario: %w", err)})
	}
	s.make(Event{Role: dials, Op: OpDial, Remote: l.sock.local}, func() {
		var c *Conn
		c, err = s.rec.Dialer(dials).dial(s.ctx, "tcp", l.sock.local.String())
		from = s.peer(dials, c)
	})
	if from == nil {
		panic(abort{errWithheld})
	}
	if err != nil {
		panic(abort{fmt.Errorf("scenario: %w", err)})
	}
	to = &Peer{stage: s, role: listens}
	s.makeWithin(l.sock.event(OpAccept), func(bound time.Duration) {
		var c *Conn
		defer l.within(bound)()
		c, err = l.accept(func(remote netip.AddrPort) bool { return remote == from.conn.sock.local })
		to = s.peer(listens, c)
	})
	if err != nil {
		panic(abort{errors.Join(errors.New("scenario: accept"), err)})
	}
	return from, to
}

// EndWriteIn gives writes a deadline of d from now, also one that is blocked. It
// is not recorded, but for the deadline of the writes.
func (p *Peer) EndWriteIn(d time.Duration) {
	if p.conn != nil {
		p.conn.SetWriteDeadline(time.Now().Add(d)) // where it can not be set the write fails as well
	}
}
