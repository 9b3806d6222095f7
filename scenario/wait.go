package scenario

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"
)

// WaitError says that a wait ended before what it waited for had happened.
type WaitError struct {
	Role          Role
	For           string // "the peer's FIN"
	Local, Remote netip.AddrPort
	State         string        // the socket's TCP state at the end; "" if not known
	Waited        time.Duration // how long
	Err           error         // the context's cause, or what failed
}

// Error returns one line with all of it.
func (e *WaitError) Error() string {
	waited := e.Waited.Round(time.Millisecond)
	if waited >= time.Second {
		waited = e.Waited.Round(100 * time.Millisecond)
	}
	s := fmt.Sprintf("scenario: %s waited %v for %s on %v→%v", e.Role, waited, e.For, e.Local, e.Remote)
	if e.State != "" {
		s += ", state " + e.State
	}
	if !errors.Is(e.Err, context.DeadlineExceeded) && !errors.Is(e.Err, ErrStuck) { // "waited" says so
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns Err.
func (e *WaitError) Unwrap() error { return e.Err }

// AwaitHangup blocks until both directions of the connection have ended: an
// RST was accepted, both sides have sent their FIN, or a timer gave up. It
// reads nothing and takes no pending error. It is recorded as a poll, for it
// tells what had reached the socket. If ctx ends first, or Close is called, the
// error is a [*WaitError].
func (c *Conn) AwaitHangup(ctx context.Context) error {
	return c.poll(ctx, PollHup, "the hang-up")
}

// AwaitFIN blocks until the peer's FIN, or an RST, has arrived, also while
// there are octets to read before it. It reads nothing and takes no pending
// error. It is recorded as a poll. If ctx ends first, or Close is called, the
// error is a [*WaitError].
func (c *Conn) AwaitFIN(ctx context.Context) error {
	return c.poll(ctx, PollRdHup, "the peer's FIN")
}

// poll waits for the bits asked for and records what it finds.
func (c *Conn) poll(ctx context.Context, asked int, name string) error {
	e := c.sock.event(OpPoll)
	e.Asked = asked
	id := c.rec.begin(e)
	found, err := c.await(ctx, asked, name)
	c.rec.end(id, found, err, c.ask)
	return err
}

func (c *Conn) await(ctx context.Context, asked int, name string) (found int, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	either, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(c.open, func() { cancel(net.ErrClosed) })()
	return c.sock.await(either, raw, asked, name)
}

// await polls the descriptor of the socket.
func (s socket) await(ctx context.Context, raw syscall.RawConn, asked int, name string) (found int, err error) {
	wake, err := newWaker(ctx)
	if err != nil {
		return 0, fmt.Errorf("scenario: wait for %s: %w", name, err)
	}
	defer wake.stop()

	start := time.Now()
	var state string
	var pollErr error
	// Control keeps the descriptor from being closed and given to another
	// socket while it is polled, and takes no lock that a Read or Write needs.
	err = raw.Control(func(fd uintptr) {
		if found, pollErr = pollSocket(int(fd), wake.fd, asked); pollErr != nil {
			state = stateOf(int(fd))
		}
	})
	if errors.Is(pollErr, errWoken) {
		pollErr = causeOf(ctx)
	}
	if err = errors.Join(err, pollErr); err == nil {
		return found, nil
	}
	return 0, &WaitError{Role: s.role, For: name, Local: s.local, Remote: s.remote,
		State: state, Waited: time.Since(start), Err: err}
}

// AwaitFINAcked blocks until a socket of this machine that the application has
// closed, or whose sending side it has, has no FIN on its way: the peer has acknowledged it, or the socket is
// gone. It asks the kernel for exactly this pair of addresses, again and again,
// for there is no event to wait on; no privilege is needed. Call it where the
// peer is known to have received the FIN ([Conn.AwaitFIN]): on macOS, which
// acknowledges a FIN at once, that says it all. If ctx ends first the error is
// a [*WaitError], which names the role.
//
// Linux may acknowledge a FIN as late as 40 ms after it (RFC 9293 §3.8.6.3).
// Data that goes out before carries the acknowledgement along, and so meets a
// socket in another state (tcp_rcv_state_process in FIN_WAIT_1).
func AwaitFINAcked(ctx context.Context, role Role, local, remote netip.AddrPort) error {
	start := time.Now()
	state, err := pollOrphan(ctx, local, remote)
	if errors.Is(err, errWoken) {
		err = causeOf(ctx)
	}
	if err == nil {
		return nil
	}
	return &WaitError{Role: role, For: "the FIN's acknowledgement", Local: local, Remote: remote,
		State: state, Waited: time.Since(start), Err: err}
}

// errWoken is a poll's word for: the context has ended.
var errWoken = errors.New("woken")

// causeOf returns why ctx has ended, such that errors.Is finds ctx.Err() in it
// too: a cause given by whoever cancelled says what happened, but not always
// that it was a cancellation. A story that is stuck, or past the deadline of
// another context, was not cancelled.
func causeOf(ctx context.Context) error {
	cause := context.Cause(ctx)
	if errors.Is(cause, ctx.Err()) || errors.Is(cause, ErrStuck) || errors.Is(cause, context.DeadlineExceeded) {
		return cause
	}
	return fmt.Errorf("%w: %w", ctx.Err(), cause)
}

// waker turns the end of a context into something that poll can wait for: a
// pipe whose writing end is then closed.
type waker struct {
	fd      int
	r, w    *os.File // files, not descriptors: closing one twice is harmless
	forget  func() bool
	stopped chan struct{}
}

func newWaker(ctx context.Context) (*waker, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	k := &waker{fd: int(r.Fd()), r: r, w: w, stopped: make(chan struct{})}
	k.forget = context.AfterFunc(ctx, func() {
		defer close(k.stopped)
		w.Close()
	})
	return k, nil
}

// stop waits for the waker to be at rest and releases it.
func (k *waker) stop() {
	if !k.forget() {
		<-k.stopped
	}
	k.w.Close()
	k.r.Close()
}
