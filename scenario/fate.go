package scenario

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"time"
)

// What becomes of a peer without a call of its own: its process is killed, its
// host forgets it, or the kernel is done with it.

// Kill kills the process that holds the peer's socket, so that the kernel
// closes it. The socket has been this process's own until now: give hands it to
// another process, and kill kills that and returns when it has ended. The
// recording has the kill alone. An error aborts the story, and so does a call of
// the peer after this one.
func (p *Peer) Kill(give func(syscall.RawConn) error, kill func() error) {
	raw := p.Raw()
	if raw == nil {
		return
	}
	p.call(OpKill, func() {
		p.stage.Act("give the socket of the "+string(p.role)+" away", func() error {
			if err := give(raw); err != nil {
				return errors.Join(err, kill())
			}
			p.stage.remove(p.prop)
			p.conn.shut()
			return p.conn.net.Close() // the other process has it still
		})
		p.fated(OpKill, kill)
	})
}

// Vanish makes the peer's host lose all memory of the connection, and the
// application its socket: forget prepares the socket such that closing it sends
// nothing and leaves nothing behind. An error aborts the story.
func (p *Peer) Vanish(forget func(syscall.RawConn) error) {
	raw := p.Raw()
	if raw == nil {
		return
	}
	p.fate(OpVanish, func() error {
		if err := forget(raw); err != nil {
			return err
		}
		p.stage.remove(p.prop)
		p.conn.shut()
		return p.conn.net.Close()
	})
}

// AwaitGone blocks until the kernel has no socket with the peer's addresses any
// more, nor the time-wait bucket that one leaves behind. It is recorded, for
// no segment tells it. Linux only.
func (p *Peer) AwaitGone() {
	if p.conn == nil {
		return
	}
	s := p.conn.sock
	p.stage.wait(s.event(OpGone), func(ctx context.Context) error {
		return p.conn.rec.call(s.event(OpGone), unasked, func() error { return awaitGone(ctx, s.role, s.local, s.remote) })
	})
}

// awaitGone asks the kernel again and again, as [AwaitFINAcked] does.
func awaitGone(ctx context.Context, role Role, local, remote netip.AddrPort) error {
	start := time.Now()
	state, err := pollGone(ctx, local, remote)
	if errors.Is(err, errWoken) {
		err = causeOf(ctx)
	}
	if err == nil {
		return nil
	}
	return &WaitError{Role: role, For: "the end of the socket", Local: local, Remote: remote,
		State: state, Waited: time.Since(start), Err: err}
}

// fate records what happens to the peer's socket, and that only.
func (p *Peer) fate(op Op, do func() error) {
	p.call(op, func() { p.fated(op, do) })
}

func (p *Peer) fated(op Op, do func() error) {
	if err := p.conn.rec.call(p.conn.sock.event(op), p.conn.ask, do); err != nil {
		panic(abort{fmt.Errorf("scenario: %s: %w", op, err)})
	}
}
