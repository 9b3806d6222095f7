package scenario

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"testing"
	"time"
)

// TestGate: each call is held back, with what it asks for, and thinking costs
// neither the story's limit nor a deadline.
func TestGate(t *testing.T) {
	var held []string
	const think, limit, patience = 30 * time.Millisecond, 200 * time.Millisecond, 10 * time.Millisecond
	let := make(map[string]time.Time)
	events, err := Perform(t.Context(), story(func(s *Stage) {
		client, server := s.Connect()
		client.Write("abc")
		server.Read(2)
		server.SetLinger(-1)
		server.AwaitData()
		client.ReadWithin(16, patience)
		client.CloseWrite()
		server.AwaitFIN()
	}), StageOptions{Limit: limit, Gate: func(ctx context.Context, next Event) {
		held = append(held, fmt.Sprintf("%s %s %d", next.Role, next.Op, next.Asked))
		if next.Op != OpDial && next.Op != OpListen && !next.Local.IsValid() {
			t.Errorf("%s %s has no address", next.Role, next.Op)
		}
		timer := time.NewTimer(think)
		defer timer.Stop()
		<-timer.C
		let[held[len(held)-1]] = now()
	}})
	must(t, err)
	want := []string{"server listen 0", "client dial 0", "server accept 0", "client write 3", "server read 2",
		"server set-linger -1", "client read 16", "client close-write 0", "server close 0", "client close 0", "server close 0"}
	if !slices.Equal(held, want) {
		t.Errorf("held back\n%q, not\n%q", held, want)
	}
	for _, e := range events {
		if at, ok := let[fmt.Sprintf("%s %s %d", e.Role, e.Op, e.Asked)]; ok && e.Op != OpClose && e.Start.Before(at) {
			t.Errorf("%s %s began %v before it was let go", e.Role, e.Op, at.Sub(e.Start))
		}
		if !e.Deadline.IsZero() && e.Deadline.Sub(e.Start) < patience/2 {
			t.Errorf("the deadline of %v is %v after the start", patience, e.Deadline.Sub(e.Start))
		}
	}
}

// TestGateIsLeft: the end of the context leads out of it, and the call that was
// held back is not made.
func TestGateIsLeft(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	events, err := Perform(ctx, story(func(s *Stage) {
		client, _ := s.Connect()
		client.Write("x")
	}), StageOptions{Gate: func(ctx context.Context, next Event) {
		if next.Op == OpWrite {
			cancel()
			<-ctx.Done()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if last := events[len(events)-1]; last.Op != OpAccept {
		t.Errorf("the last call is %s %s", last.Role, last.Op)
	}
}

// TestGateOfALibrary: its calls are held back too, its own deadlines put off.
func TestGateOfALibrary(t *testing.T) {
	const think, patience = 50 * time.Millisecond, 30 * time.Millisecond
	held := 0
	events, err := Perform(t.Context(), story(func(s *Stage) {
		client, server := s.Connect()
		c := client.Lend()
		c.SetDeadline(time.Now().Add(patience))
		c.Write([]byte("x"))
		server.Read(1)
		c.SetReadDeadline(time.Now().Add(-time.Second))
		c.Read(make([]byte, 1))
		c.(interface{ CloseWrite() error }).CloseWrite()
		c.Close()
		client.AwaitClosed()
	}), StageOptions{Gate: func(_ context.Context, next Event) {
		held++
		if next.Role == Client && (next.Op == OpWrite || next.Op == OpRead) {
			timer := time.NewTimer(think)
			defer timer.Stop()
			<-timer.C
		}
	}})
	must(t, err)
	if held != len(events) {
		t.Errorf("%d calls were held back, %d were made", held, len(events))
	}
	sameTable(t, events[3:8], `
2 client write 1/1
3 server read 1/1
2 client read 0/1 DEADLINE
2 client close-write 0/0
2 client close 0/0
`)
	for _, e := range events {
		if e.Op == OpWrite && e.Deadline.Before(e.Start) {
			t.Errorf("the write's deadline passed %v before it", e.Start.Sub(e.Deadline))
		}
	}
}

// TestKernel asks about both ends through the life of a connection.
func TestKernel(t *testing.T) {
	forEachFamily(t, func(t *testing.T, f Family) {
		rec := NewRecorder()
		k, err := NewKernel(rec)
		must(t, err)
		defer k.Close()
		client, server := pair(t, rec, f)
		ask := func(c *Conn) Sight {
			t.Helper()
			s, err := k.Sight(c.sock.local, c.sock.remote)
			must(t, err)
			return s
		}
		client.Write([]byte("ab"))
		must(t, server.poll(within(t, long), PollIn, "data"))
		if s := ask(server); s.State != "ESTABLISHED" || !s.Known || !s.Open || s.Unread != 2 || s.Pending {
			t.Errorf("with two octets unread: %+v", s)
		}
		server.Close()
		must(t, client.AwaitHangup(within(t, long)))
		if s := ask(client); s.State != "CLOSED" || !s.Open {
			t.Errorf("after the RST: %+v", s)
		}
		if s := ask(server); s.State != "" || s.Open {
			t.Errorf("closed by an abort: %+v", s)
		}
		client.Close()
		if s := ask(client); s.State != "" || s.Open {
			t.Errorf("closed: %+v", s)
		}
		if n := len(rec.Events()); n != 9 {
			t.Errorf("asking is recorded: %d calls\n%s", n, told(rec.Events()))
		}
	})
}

// TestKernelOfAnotherRecorder: nothing is known of sockets that nobody records.
func TestKernelKnowsItsOwn(t *testing.T) {
	rec := NewRecorder()
	k, err := NewKernel(rec)
	must(t, err)
	defer k.Close()
	c, err := net.Dial("tcp", freshListener(t))
	must(t, err)
	defer c.Close()
	if s, err := k.Sight(addrPort(c.LocalAddr()), addrPort(c.RemoteAddr())); err != nil || s.Open {
		t.Errorf("%+v, %v", s, err)
	}
}

func freshListener(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}
