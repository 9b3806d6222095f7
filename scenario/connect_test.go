package scenario

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestAcceptLater(t *testing.T) {
	forEachFamily(t, func(t *testing.T, f Family) {
		events, err := Perform(t.Context(), story(func(s *Stage) {
			at := s.Listen()
			first, second := s.Dial(at), s.Dial(at)
			s.AwaitQueue()
			server := s.Accept(first)
			if server.conn.sock.remote != first.conn.sock.local || second.conn == nil {
				t.Errorf("accepted %v, not %v", server.conn.sock.remote, first.conn.sock.local)
			}
			first.Write("x")
			server.Read(16)
		}), StageOptions{Family: f})
		must(t, err)
		sameTable(t, events[:6], `
1 server listen 0/0
2 client dial 0/0
3 client dial 0/0
4 server accept 0/0
2 client write 1/1
4 server read 1/16
`)
	})
}

func TestCloseListener(t *testing.T) {
	forEachFamily(t, func(t *testing.T, f Family) {
		var at [2]netip.AddrPort
		events, err := Perform(t.Context(), story(func(s *Stage) {
			s.CloseListener() // there is none
			s.AwaitQueue()
			client := s.Dial(s.Listen())
			at[0] = s.listener.sock.local
			s.AwaitQueue()
			s.CloseListener()
			client.AwaitHangup()
			client.Read(1)
			client.Close()
			s.Connect()
			at[1] = s.listener.sock.local
		}), StageOptions{Family: f})
		must(t, err)
		sameTable(t, events, `
1 server listen 0/0
2 client dial 0/0
1 server close 0/0
2 client poll 24/16
2 client read 0/1 ECONNRESET
2 client close 0/0
3 server listen 0/0
4 client dial 0/0
5 server accept 0/0
3 server close 0/0
4 client close 0/0
5 server close 0/0
`)
		if events[2].Local != at[0] || events[9].Local != at[1] {
			t.Errorf("listened on %v, closed %v and %v", at, events[2].Local, events[9].Local)
		}
	})
}

func TestAcceptOfNobody(t *testing.T) {
	for name, play := range map[string]func(*Stage){
		"refused":     func(s *Stage) { s.Accept(s.Dial(s.Bind())) },
		"no listener": func(s *Stage) { client, _ := s.Connect(); s.CloseListener(); s.Accept(client) },
	} {
		_, err := Perform(t.Context(), story(play), StageOptions{})
		if err == nil || !strings.HasPrefix(err.Error(), "scenario: accept: nobody has dialled") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAwaitQueueInVain(t *testing.T) {
	l, err := NewRecorder().Listen(t.Context(), Server, "tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	err = l.AwaitQueue(within(t, short))
	var wait *WaitError
	if !errors.As(err, &wait) || !errors.Is(err, context.DeadlineExceeded) || wait.For != "a connection in the queue" {
		t.Errorf("nobody came: %v", err)
	}
	if n := len(l.rec.Events()); n != 1 {
		t.Errorf("%d calls are recorded", n)
	}
}

func TestReadWithin(t *testing.T) {
	events, err := Perform(t.Context(), story(func(s *Stage) {
		client, server := s.Connect()
		client.ReadWithin(1, 0)
		client.ReadWithin(1, short)
		server.Write("ab")
		client.ReadWithin(1, -time.Hour)
		client.ReadWithin(1, long)
		client.Read(1)
	}), StageOptions{})
	must(t, err)
	sameTable(t, events[3:9], `
2 client read 0/1 DEADLINE
2 client read 0/1 DEADLINE
3 server write 2/2
2 client read 0/1 DEADLINE
2 client read 1/1
2 client read 1/1
`)
	for _, e := range events[3:8] {
		if e.Op == OpRead && e.Deadline.IsZero() {
			t.Errorf("call %d has no deadline", e.ID)
		}
	}
	if last := events[8]; !last.Deadline.IsZero() {
		t.Errorf("the last read has the deadline %v", last.Deadline)
	}
	if late := events[6]; !late.Deadline.Before(late.Start) {
		t.Errorf("the deadline %v had not passed at %v", late.Deadline, late.Start)
	}
}
