package scenario

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Dials and listeners whose own address matters.

// DialFrom connects from a given address, also one that another socket of the
// story is bound to. With from equal to to the socket meets
// itself (RFC 9293 §3.5, figure 7). Go's dialer tries again when that happens by
// chance, but not where it was asked for. A failure is a result, as with
// [Stage.Dial].
func (s *Stage) DialFrom(role Role, from, to netip.AddrPort) (p *Peer) {
	d := s.rec.Dialer(role)
	d.Settings.LocalAddr = net.TCPAddrFromAddrPort(from)
	d.Settings.Control = reuseAddress
	p = &Peer{stage: s, role: role}
	s.makeWithin(Event{Role: role, Op: OpDial, Local: from, Remote: to}, func(bound time.Duration) {
		ctx, cancel := s.bounded(bound)
		defer cancel()
		c, _ := d.dial(ctx, "tcp", to.String()) // the error is in the recording
		p = s.peer(role, c)
	})
	return p
}

func reuseAddress(_, _ string, raw syscall.RawConn) error {
	var failed error
	err := raw.Control(func(fd uintptr) {
		failed = shareAddress(int(fd))
	})
	return errors.Join(err, failed)
}

// ListenAgain opens a listener where the last one was, which the story has
// closed. If it can not listen the story is aborted.
func (s *Stage) ListenAgain() netip.AddrPort {
	if s.listener != nil || !s.listened.IsValid() {
		panic(abort{errors.New("scenario: listen again: no listener has been closed")})
	}
	return s.listenAt(s.listened)
}

// Backlog sets how many connections the listener's queue holds besides the
// first (listen(2), again): with 0 it is full as soon as one waits to be
// accepted. It is not recorded. If that fails the story is aborted.
func (s *Stage) Backlog(n int) {
	s.Act(fmt.Sprintf("set the backlog to %d", n), func() error {
		if s.listener == nil {
			return errors.New("nobody listens")
		}
		sc, ok := s.listener.net.(syscall.Conn)
		if !ok {
			return fmt.Errorf("%T has no file descriptor: %w", s.listener.net, errors.ErrUnsupported)
		}
		raw, err := sc.SyscallConn()
		if err != nil {
			return err
		}
		var failed error
		err = raw.Control(func(fd uintptr) { failed = unix.Listen(int(fd), n) })
		return errors.Join(err, failed)
	})
}

// Wait blocks until something that no socket of the story tells has happened,
// such as the match of a firewall's rule. If it fails, or the story's limit runs
// out, the story is aborted.
func (s *Stage) Wait(what string, until func(context.Context) error) {
	s.Act("wait for "+what, func() error {
		ctx, cancel, gaveUp := s.waiting(Event{})
		defer cancel()
		if err := until(ctx); err != nil && !gaveUp(err) {
			return err
		}
		return nil
	})
}
