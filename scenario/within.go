package scenario

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// The waits whose name ends in Within give up after d, and report whether what
// they wait for has happened: they are for a story that was not written by
// whoever knows how it ends. Those that find something are recorded as polls, as
// those of Conn are; those that give up are not. They are false at once where
// there is no connection.

// HangupWithin waits until both directions have ended, see [Conn.AwaitHangup].
func (p *Peer) HangupWithin(d time.Duration) bool {
	return p.polled(d, PollHup, "the hang-up")
}

// FINWithin waits until the other side's FIN, or an RST, has arrived, see
// [Conn.AwaitFIN].
func (p *Peer) FINWithin(d time.Duration) bool {
	return p.polled(d, PollRdHup, "the peer's FIN")
}

// UnreadWithin waits until n octets, 1 or more, have arrived that have not been
// read, or nothing more can come.
func (p *Peer) UnreadWithin(n int, d time.Duration) bool {
	arrived := p.asked(d, func(fd int) (bool, error) {
		unread, err := unreadOf(fd)
		return unread >= n || ended(stateOf(fd)), err
	})
	return arrived && p.polled(d, PollIn, "octets to read")
}

// AckedWithin waits until the other side has acknowledged all that this side
// has written. It is not recorded.
func (p *Peer) AckedWithin(d time.Duration) bool {
	return p.asked(d, func(fd int) (bool, error) {
		n, err := unackedOf(fd)
		return n == 0 || ended(stateOf(fd)), err
	})
}

// FINAckedWithin waits until the other side has acknowledged the FIN of this
// side, see [AwaitFINAcked]. It is not recorded.
func (p *Peer) FINAckedWithin(d time.Duration) bool {
	if p.conn == nil {
		return false
	}
	s := p.conn.sock
	return p.stage.within(d, func(ctx context.Context) error {
		return AwaitFINAcked(ctx, s.role, s.local, s.remote)
	})
}

// QueueWithin waits until a connection waits to be accepted, see
// [Listener.AwaitQueue].
func (s *Stage) QueueWithin(d time.Duration) bool {
	return s.listener != nil && s.within(d, s.listener.AwaitQueue)
}

// askEvery is how often the kernel is asked for what it tells nobody: how many
// octets wait, what has been acknowledged, the state of a socket that nobody
// owns any more.
const askEvery = time.Millisecond

// ended reports whether nothing more can come to a socket in this state.
func ended(state string) bool {
	switch state {
	case "CLOSED", "CLOSE_WAIT", "LAST_ACK", "CLOSING", "TIME_WAIT":
		return true
	}
	return false
}

// polled waits for one of the bits, and records that it was found.
func (p *Peer) polled(d time.Duration, bits int, name string) bool {
	if p.conn == nil {
		return false
	}
	found := p.stage.within(d, func(ctx context.Context) error {
		_, err := p.conn.await(ctx, bits, name)
		return err
	})
	if found { // this one returns at once
		p.stage.wait(p.conn.sock.event(OpPoll), func(ctx context.Context) error { return p.conn.poll(ctx, bits, name) })
	}
	return found
}

// asked asks the socket again and again, for there is no event to wait on.
func (p *Peer) asked(d time.Duration, is func(fd int) (bool, error)) bool {
	if p.conn == nil {
		return false
	}
	return p.stage.within(d, func(ctx context.Context) error {
		raw, err := p.conn.SyscallConn()
		if err != nil {
			return err
		}
		tick := time.NewTicker(askEvery)
		defer tick.Stop()
		for {
			var yes bool
			var askErr error
			if err := raw.Control(func(fd uintptr) { yes, askErr = is(int(fd)) }); err != nil || yes || askErr != nil {
				return errors.Join(err, askErr)
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-tick.C:
			}
		}
	})
}

// within waits for d at most. If the story's own context ends it is aborted.
func (s *Stage) within(d time.Duration, until func(context.Context) error) bool {
	ctx, cancel := context.WithTimeout(s.ctx, d)
	defer cancel()
	s.mu.Lock()
	err := until(ctx)
	s.mu.Unlock()
	s.goOn()
	return err == nil
}

// AcceptNext accepts whatever connection is the next in the listener's queue. It
// blocks until there is one. If it fails the story is aborted.
func (s *Stage) AcceptNext() (server *Peer) {
	if s.listener == nil {
		panic(abort{errors.New("scenario: accept: no listener is open")})
	}
	l := s.listener
	var err error
	server = &Peer{stage: s, role: Server}
	s.makeWithin(l.sock.event(OpAccept), func(bound time.Duration) {
		var c *Conn
		defer l.within(bound)()
		c, err = l.accept(func(netip.AddrPort) bool { return true })
		server = s.peer(Server, c)
	})
	if err != nil {
		panic(abort{fmt.Errorf("scenario: %w", err)})
	}
	return server
}

// Calls returns a copy of the calls made so far, see [Recorder.Events]. A story
// of the catalogue does not look at them.
func (s *Stage) Calls() []Event { return s.rec.Events() }
