package scenario

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// story makes a scenario of what it plays.
func story(play func(*Stage)) *Scenario { return &Scenario{Name: "test", Play: play} }

func TestStageClosesWhatIsOpen(t *testing.T) {
	forEachFamily(t, func(t *testing.T, f Family) {
		events, err := Perform(t.Context(), story(func(s *Stage) {
			client, server := s.Connect()
			client.SetLinger(-1)
			client.Write("hello")
			server.Read(16)
			server.CloseRead()
			client.CloseWrite()
			client.Close()
			client.Close()
			s.Connect()
		}), StageOptions{Family: f})
		must(t, err)
		sameTable(t, events, `
1 server listen 0/0
2 client dial 0/0
3 server accept 0/0
2 client set-linger 0/-1
2 client write 5/5
3 server read 5/16
3 server close-read 0/0
2 client close-write 0/0
2 client close 0/0
2 client close 0/0 CLOSED
4 client dial 0/0
5 server accept 0/0
1 server close 0/0
3 server close 0/0
4 client close 0/0
5 server close 0/0
`)
		checkStamps(t, events)
		for _, e := range events {
			if e.Local.Addr() != f.Loopback() {
				t.Errorf("%s %s from %v", e.Role, e.Op, e.Local)
			}
		}
	})
}

func TestPeerOfAFailedDial(t *testing.T) {
	events, err := Perform(t.Context(), story(func(s *Stage) {
		p := s.Dial(s.Bind())
		p.Write("x")
		p.Read(1)
		p.SetLinger(0)
		p.CloseWrite()
		p.CloseRead()
		p.AwaitFIN()
		p.AwaitHangup()
		p.Close()
		p.AwaitFINAcked()
	}), StageOptions{})
	must(t, err)
	sameTable(t, events, `
1 server bind 0/0
2 client dial 0/0 ECONNREFUSED
1 server close 0/0
`)
	if events[0].Local != events[1].Remote || events[2].Local != events[0].Local {
		t.Errorf("bound to %v, dialled %v, closed %v", events[0].Local, events[1].Remote, events[2].Local)
	}
}

func TestStuckStory(t *testing.T) {
	events, err := Perform(t.Context(), story(func(s *Stage) {
		client, _ := s.Connect()
		client.Read(16)
		t.Error("the story goes on after a call that was woken")
	}), StageOptions{Limit: 300 * time.Millisecond})
	const want = "scenario: stuck in client read: not over after 300ms"
	if !errors.Is(err, ErrStuck) || errors.Is(err, context.Canceled) || err.Error() != want {
		t.Errorf("%v, not %s", err, want)
	}
	sameTable(t, events, `
1 server listen 0/0
2 client dial 0/0
3 server accept 0/0
2 client read 0/16
`)
	if last := events[len(events)-1]; !last.End.IsZero() {
		t.Errorf("the call that was cut off returned at %v", last.End)
	}
}

func TestWaitInVain(t *testing.T) {
	_, err := Perform(t.Context(), story(func(s *Stage) {
		client, _ := s.Connect()
		client.AwaitFIN()
		t.Error("the story goes on after a wait in vain")
	}), StageOptions{Limit: 300 * time.Millisecond})
	var wait *WaitError
	if !errors.As(err, &wait) || !errors.Is(err, ErrStuck) || wait.State != "ESTABLISHED" ||
		!strings.HasPrefix(err.Error(), "scenario: client waited ") || !strings.HasSuffix(err.Error(), ", state ESTABLISHED") {
		t.Errorf("the wait ended with %v", err)
	}
}

func TestInterruptedStory(t *testing.T) {
	reason := errors.New("the user has had enough")
	for _, test := range []struct {
		name string
		play func(*Stage, context.CancelCauseFunc)
		want string
	}{
		{"read", func(s *Stage, cancel context.CancelCauseFunc) {
			client, _ := s.Connect()
			time.AfterFunc(short, func() { cancel(reason) })
			client.Read(1)
		}, "interrupted in client read"},
		{"between calls", func(s *Stage, cancel context.CancelCauseFunc) {
			client, _ := s.Connect()
			cancel(reason)
			client.Write("x")
		}, "interrupted in client write"},
		{"wait", func(s *Stage, cancel context.CancelCauseFunc) {
			client, _ := s.Connect()
			time.AfterFunc(short, func() { cancel(reason) })
			client.AwaitHangup()
		}, "client waited"},
		{"while a call is announced", func(s *Stage, cancel context.CancelCauseFunc) {
			s.opts.Before = func(Role, Op) { cancel(reason) }
			s.Connect()
		}, "interrupted in server listen"},
	} {
		ctx, cancel := context.WithCancelCause(t.Context())
		_, err := Perform(ctx, story(func(s *Stage) { test.play(s, cancel) }), StageOptions{})
		if !errors.Is(err, context.Canceled) || !errors.Is(err, reason) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
		cancel(nil)
	}
	_, err := Perform(within(t, short), story(func(s *Stage) {
		_, server := s.Connect()
		server.Read(1)
	}), StageOptions{})
	if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrStuck) {
		t.Errorf("past the context's deadline: %v", err)
	}
}

// TestInterruptedCallsHaveNoResult: what a call returns because the story's
// context has ended is not its result, however soon it does.
func TestInterruptedCallsHaveNoResult(t *testing.T) {
	for range 1000 {
		outer, cancel := context.WithCancel(t.Context())
		rec := NewRecorder()
		ctx, stop := ownContext(outer, rec)
		id := rec.begin(Event{Op: OpDial, Role: Client})
		go cancel()
		<-ctx.Done()
		rec.end(id, 0, ctx.Err(), unasked)
		if e := rec.Events()[0]; !e.End.IsZero() || e.Fault != "" {
			t.Fatalf("the call returned %q", e.Fault)
		}
		stop(nil)
	}
}

func TestPausesDoNotCount(t *testing.T) {
	var seen []string
	const pace, limit = 60 * time.Millisecond, 300 * time.Millisecond
	start := time.Now()
	events, err := Perform(t.Context(), story(func(s *Stage) {
		client, _ := s.Connect()
		client.Write("x")
		client.Close()
	}), StageOptions{Pace: pace, Limit: limit, Before: func(r Role, op Op) {
		seen = append(seen, fmt.Sprintf("%s %s", r, op))
	}})
	must(t, err)
	if took, least := time.Since(start), pace*time.Duration(len(events)); took < least {
		t.Errorf("%d calls took %v, not %v or more", len(events), took, least)
	}
	var made []string
	for _, e := range events {
		made = append(made, fmt.Sprintf("%s %s", e.Role, e.Op))
	}
	if !slices.Equal(seen, made) {
		t.Errorf("announced %q, made %q", seen, made)
	}
}

func TestPauseIsInterrupted(t *testing.T) {
	start := time.Now()
	_, err := Perform(within(t, short), story(func(s *Stage) { s.Connect() }), StageOptions{Pace: time.Hour})
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > time.Minute {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

func TestStageTakesItsPorts(t *testing.T) {
	ports, err := Reserve([]Family{IPv4}, 2, 0)
	must(t, err)
	defer ports.Close()
	n := ports.Numbers()
	events, err := Perform(t.Context(), story(func(s *Stage) {
		s.Bind()
		s.Connect()
		s.Listen()
	}), StageOptions{Ports: n})
	must(t, err)
	if bind, listen, third := events[0], events[1], events[4]; bind.Local.Port() != n[1] ||
		listen.Local.Port() != n[0] || third.Op != OpListen || slices.Contains(n, third.Local.Port()) {
		t.Errorf("with %v: bind %v, listen %v, %s %v", n, bind.Local, listen.Local, third.Op, third.Local)
	}
}

func TestStageThatCanNotBeSet(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	taken := StageOptions{Ports: []uint16{addrPort(l.Addr()).Port()}}
	for name, play := range map[string]func(*Stage){
		"listen": func(s *Stage) { s.Listen() },
		"bind":   func(s *Stage) { s.Bind() },
	} {
		events, err := Perform(t.Context(), story(play), taken)
		if !errors.Is(err, syscall.EADDRINUSE) || len(events) != 1 || events[0].Fault != "EADDRINUSE" {
			t.Errorf("%s: %v\n%s", name, err, told(events))
		}
	}
	if _, err := Perform(t.Context(), story(nil), StageOptions{Family: "ipx"}); err == nil {
		t.Error("performed in an unknown family")
	}
}
