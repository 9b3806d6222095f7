package scenario

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"syscall"
)

// Act does what no call on the story's sockets does: it changes the network, or
// sends a segment in somebody's name. It is not recorded. An error aborts the
// story.
func (s *Stage) Act(what string, do func() error) {
	s.turn.Lock() // a library's calls are announced meanwhile
	s.doing = "while trying to " + what
	s.turn.Unlock()
	s.goOn()
	if s.opts.Told != nil {
		s.opts.Told(what)
	}
	if err := do(); err != nil {
		panic(abort{fmt.Errorf("scenario: %s: %w", what, err)})
	}
}

// Change changes the network, or starts what must end, and changes it back by
// what do returns: when the function that Change returns is called, or when the
// story has ended and its sockets are closed, in the reverse order of the
// changes. It is not recorded. An error aborts the story; one while changing back
// is an error of the performance.
func (s *Stage) Change(what string, do func() (restore func() error, err error)) (restore func()) {
	var back func() error
	s.Act(what, func() (err error) {
		back, err = do()
		return err
	})
	once := sync.OnceValue(back)
	s.changed = append(s.changed, once)
	return func() { s.Act("undo: "+what, once) }
}

// restore changes back what the story has changed, the last change first. It
// does so also where the context has ended: the next story needs the network.
func (s *Stage) restore() (err error) {
	for _, back := range slices.Backward(s.changed) {
		if again := back(); again != nil {
			err = errors.Join(err, fmt.Errorf("scenario: %w", again))
		}
	}
	return err
}

// Raw gives access to the peer's descriptor, for what a story does to a socket
// besides calling it; nil if the dial failed.
func (p *Peer) Raw() syscall.RawConn {
	if p.conn == nil {
		return nil
	}
	raw, err := p.conn.SyscallConn()
	if err != nil {
		panic(abort{fmt.Errorf("scenario: %s's descriptor: %w", p.role, err)})
	}
	return raw
}

// WriteBuffer sets how many octets the kernel takes from writes before they are
// acknowledged (SO_SNDBUF), more or less: Linux doubles the number for its own
// use. It is not recorded.
func (p *Peer) WriteBuffer(octets int) {
	if p.conn == nil {
		return
	}
	c, ok := p.conn.NetConn().(interface{ SetWriteBuffer(int) error })
	if !ok {
		panic(abort{fmt.Errorf("scenario: %s has no write buffer", p.role)})
	}
	if err := c.SetWriteBuffer(octets); err != nil {
		panic(abort{fmt.Errorf("scenario: %s's write buffer: %w", p.role, err)})
	}
}

// Local returns the address of the peer's own end; invalid if the dial failed.
func (p *Peer) Local() netip.AddrPort {
	if p.conn == nil {
		return netip.AddrPort{}
	}
	return p.conn.sock.local
}

// Remote returns the address of the other end; invalid if the dial failed.
func (p *Peer) Remote() netip.AddrPort {
	if p.conn == nil {
		return netip.AddrPort{}
	}
	return p.conn.sock.remote
}

// Role returns whose end it is.
func (p *Peer) Role() Role { return p.role }
