package scenario

import (
	"fmt"
	"net/netip"
	"syscall"
)

// Act does what no call on the story's sockets does: it changes the network, or
// sends a segment in somebody's name. It is not recorded. An error aborts the
// story.
func (s *Stage) Act(what string, do func() error) {
	s.doing = "while trying to " + what
	s.goOn()
	if err := do(); err != nil {
		panic(abort{fmt.Errorf("scenario: %s: %w", what, err)})
	}
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
