package scenario

import (
	"context"
	"errors"
	"net"
	"regexp"
	"syscall"
	"testing"
	"time"
)

// long is for what happens at once, short for what never happens.
const long, short = 30 * time.Second, 20 * time.Millisecond

func TestAwaitFINTakesNothing(t *testing.T) {
	forEachFamily(t, func(t *testing.T, f Family) {
		rec := NewRecorder()
		client, server := pair(t, rec, f)
		server.Write([]byte("bye"))
		must(t, server.CloseWrite())
		must(t, client.AwaitFIN(within(t, long)))
		must(t, client.AwaitFIN(within(t, long))) // still so
		client.Read(make([]byte, 8))
		client.Read(make([]byte, 8))
		client.Write([]byte("more"))
		sameTable(t, rec.Events()[4:], `
3 server write 3/3
3 server close-write 0/0
2 client poll 8192/8192
2 client poll 8192/8192
2 client read 3/8
2 client read 0/8 EOF
2 client write 4/4
`)
	})
}

func TestAwaitHangupTakesNoError(t *testing.T) {
	forEachFamily(t, func(t *testing.T, f Family) {
		rec := NewRecorder()
		client, server := pair(t, rec, f)
		must(t, server.SetLinger(0))
		must(t, server.Close())
		must(t, client.AwaitHangup(within(t, long)))
		must(t, client.AwaitFIN(within(t, long))) // nothing will come any more
		client.Read(make([]byte, 8))
		if e := rec.Events()[6]; e.Op != OpPoll || e.N != PollHup|PollErr {
			t.Errorf("the wait found %#x", e.N)
		}
		if e := rec.Events()[8]; e.Fault != ECONNRESET {
			t.Errorf("after the wait the read gave %q", e.Fault)
		}
	})
}

// TestAwaitHangupNeedsBothFINs: one direction alone is no hang-up.
func TestAwaitHangupNeedsBothFINs(t *testing.T) {
	client, server := pair(t, NewRecorder(), IPv4)
	must(t, server.CloseWrite())
	must(t, client.AwaitFIN(within(t, long)))
	if err := client.AwaitHangup(within(t, short)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("with one FIN: %v", err)
	}
	must(t, client.CloseWrite())
	must(t, client.AwaitHangup(within(t, long)))
}

// TestAwaitWhileBlocked: what is awaited happens during the wait, and another
// goroutine is blocked in a Read meanwhile.
func TestAwaitWhileBlocked(t *testing.T) {
	client, server := pair(t, NewRecorder(), IPv4)
	read := make(chan error, 1)
	waited := make(chan error, 1)
	go func() {
		_, err := client.Read(make([]byte, 1))
		read <- err
	}()
	go func() { waited <- client.AwaitHangup(within(t, long)) }()
	must(t, server.SetLinger(0))
	must(t, server.Close())
	must(t, <-waited)
	if err := <-read; FaultOf(err) != ECONNRESET {
		t.Errorf("the read gave %v", err)
	}
}

func TestWaitThatRunsOut(t *testing.T) {
	client, _ := pair(t, NewRecorder(), IPv4)
	acked := func(ctx context.Context) error {
		return AwaitFINAcked(ctx, Client, client.sock.local, client.sock.remote)
	}
	for _, test := range []struct {
		name string
		wait func(context.Context) error
	}{
		{"the hang-up", client.AwaitHangup},
		{"the peer's FIN", client.AwaitFIN},
		{"the FIN's acknowledgement", acked},
	} {
		err := test.wait(within(t, short))
		var wait *WaitError
		if !errors.As(err, &wait) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		want := `^scenario: client waited \d+ms for ` + test.name + ` on 127\.0\.0\.1:\d+→127\.0\.0\.1:\d+, state ESTABLISHED$`
		if !regexp.MustCompile(want).MatchString(err.Error()) {
			t.Errorf("%q does not match %s", err, want)
		}
	}
}

func TestWaitThatIsCancelled(t *testing.T) {
	client, _ := pair(t, NewRecorder(), IPv4)
	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("enough")
	waited := make(chan error, 1)
	go func() { waited <- client.AwaitFIN(ctx) }()
	cancel(reason)
	if err := <-waited; !errors.Is(err, context.Canceled) || !errors.Is(err, reason) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestWaitOnClosedConn(t *testing.T) {
	client, _ := pair(t, NewRecorder(), IPv4)
	client.Close()
	if err := client.AwaitFIN(within(t, long)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("on a closed connection: %v", err)
	}
}

func TestWaitErrorText(t *testing.T) {
	at := addrPort(&net.TCPAddr{IP: net.IPv6loopback, Port: 1})
	e := &WaitError{Role: Server, For: "the hang-up", Local: at, Remote: at, Waited: 5001 * time.Millisecond,
		State: "CLOSE_WAIT", Err: ErrStuck}
	if got, want := e.Error(), "scenario: server waited 5s for the hang-up on [::1]:1→[::1]:1, state CLOSE_WAIT"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
	e.State, e.Err = "", context.Canceled
	if got, want := e.Error(), "scenario: server waited 5s for the hang-up on [::1]:1→[::1]:1: context canceled"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
}

// TestCloseEndsWaits: a descriptor that is polled can not be closed.
func TestCloseEndsWaits(t *testing.T) {
	rec := NewRecorder()
	inner, _ := pair(t, rec, IPv4)
	polled := make(chan struct{})
	client := rec.Conn(Client, announcing{inner.net.(*net.TCPConn), polled})
	waited := make(chan error, 1)
	ctx := within(t, long)
	go func() { waited <- client.AwaitHangup(ctx) }()
	<-polled
	if err := client.Close(); err != nil || ctx.Err() != nil {
		t.Errorf("Close: %v, with %v", err, ctx.Err())
	}
	if err := <-waited; !errors.Is(err, net.ErrClosed) {
		t.Errorf("the wait ended with %v", err)
	}
	for _, e := range rec.Events() {
		if e.Op == OpPoll && e.Fault != Closed {
			t.Errorf("the poll is recorded with %q", e.Fault)
		}
	}
}

// announcing closes polled once its descriptor is held for a poll.
type announcing struct {
	*net.TCPConn
	polled chan struct{}
}

func (a announcing) SyscallConn() (syscall.RawConn, error) {
	raw, err := a.TCPConn.SyscallConn()
	return announcingRaw{raw, a.polled}, err
}

type announcingRaw struct {
	syscall.RawConn
	polled chan struct{}
}

func (r announcingRaw) Control(f func(uintptr)) error {
	return r.RawConn.Control(func(fd uintptr) {
		close(r.polled)
		f(fd)
	})
}
