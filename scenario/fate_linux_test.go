package scenario

import (
	"context"
	"errors"
	"net"
	"slices"
	"syscall"
	"testing"
	"time"
)

// faults returns what the calls of a role came to, such as "read ENOTCONN".
func faults(events []Event, role Role) (list []string) {
	for _, e := range events {
		if e.Role == role {
			list = append(list, string(e.Op)+" "+string(e.Fault))
		}
	}
	return list
}

// TestDisconnect: connect(2) with AF_UNSPEC leaves a socket that was never
// connected, and one error.
func TestDisconnect(t *testing.T) {
	events, err := Perform(t.Context(), &Scenario{Play: func(s *Stage) {
		client, server := s.Connect()
		client.Disconnect()
		client.Read(1)
		client.Read(1)
		client.Write("a")
		server.Read(1)
		server.Close()
		client.Close()
	}}, StageOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"dial ", "disconnect ", "read ECONNRESET", "read ENOTCONN", "write EPIPE", "close "}
	if got := faults(events, Client); !slices.Equal(got, want) {
		t.Errorf("client: %q, want %q", got, want)
	}
}

// TestAwaitGone: a socket that its application has closed is not gone while the
// other side is open; then it is. A wait for what does not come ends with its
// context, and says which state it saw.
func TestAwaitGone(t *testing.T) {
	client, server := pair(t, NewRecorder(), IPv4)
	s := server.sock
	server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	var w *WaitError
	if err := awaitGone(ctx, s.role, s.local, s.remote); !errors.As(err, &w) || w.State == "" {
		t.Errorf("a socket in FIN_WAIT_2: %v", err)
	}
	client.SetLinger(0)
	client.Close() // the RST takes what is left of the server's
	if err := awaitGone(t.Context(), s.role, s.local, s.remote); err != nil {
		t.Error(err)
	}
}

// TestKillAndVanish: what is done is recorded, the peer's socket is let go of, and
// the stage closes it no more.
func TestKillAndVanish(t *testing.T) {
	held := -1
	events, err := Perform(t.Context(), &Scenario{Play: func(s *Stage) {
		client, server := s.Connect()
		server.Kill(func(raw syscall.RawConn) (err error) {
			ctl := raw.Control(func(fd uintptr) { held, err = syscall.Dup(int(fd)) })
			return errors.Join(ctl, err)
		}, func() error { return syscall.Close(held) })
		client.Read(1)
		client.Vanish(func(syscall.RawConn) error { return nil })
	}}, StageOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := faults(events, Server), []string{"listen ", "accept ", "kill ", "close "}; !slices.Equal(got, want) {
		t.Errorf("server: %q, want %q", got, want)
	}
	if got, want := faults(events, Client), []string{"dial ", "read EOF", "vanish "}; !slices.Equal(got, want) {
		t.Errorf("client: %q, want %q", got, want)
	}
	failure := errors.New("no such process")
	_, err = Perform(t.Context(), &Scenario{Play: func(s *Stage) {
		_, server := s.Connect()
		server.Kill(func(syscall.RawConn) error { return failure }, func() error { return nil })
	}}, StageOptions{})
	if !errors.Is(err, failure) {
		t.Errorf("a socket that can not be given away: %v", err)
	}
}

// TestListenAgain: the listener comes back where it was, and the story says so if
// there is none to come back.
func TestListenAgain(t *testing.T) {
	_, err := Perform(t.Context(), &Scenario{Play: func(s *Stage) {
		first := s.Listen()
		s.CloseListener()
		if again := s.ListenAgain(); again != first {
			t.Errorf("listens on %v, was %v", again, first)
		}
		client, server := s.Connect()
		server.Close()
		client.Close()
	}}, StageOptions{})
	if err != nil {
		t.Error(err)
	}
	for name, play := range map[string]func(*Stage){
		"nobody has listened": func(s *Stage) { s.ListenAgain() },
		"somebody listens":    func(s *Stage) { s.Listen(); s.ListenAgain() },
		"no queue":            func(s *Stage) { s.Backlog(0) },
	} {
		if _, err := Perform(t.Context(), &Scenario{Play: play}, StageOptions{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestBacklog: with a backlog of 0 the first connection fills the queue.
func TestBacklog(t *testing.T) {
	events, err := Perform(t.Context(), &Scenario{Play: func(s *Stage) {
		at := s.Listen()
		s.Backlog(0)
		first := s.Dial(at)
		s.AwaitQueue()
		s.DialWith(net.Dialer{Timeout: 20 * time.Millisecond}, at)
		s.Accept(first).Close()
		first.Close()
	}}, StageOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := faults(events, Client); len(got) != 3 || got[1] != "dial DEADLINE" {
		t.Errorf("client: %q", got)
	}
}

// TestDialFromItself: a socket that dials its own address meets itself.
func TestDialFromItself(t *testing.T) {
	for _, family := range []Family{IPv4, IPv6} {
		events, err := Perform(t.Context(), &Scenario{Play: func(s *Stage) {
			at := s.Bind()
			client := s.DialFrom(Client, at, at)
			client.Write("ping")
			client.Read(4)
			client.SetLinger(0)
			client.Close()
		}}, StageOptions{Family: family})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			if e.Fault != "" || e.Op == OpRead && (e.N != 4 || e.Local != e.Remote) {
				t.Errorf("%s: %+v", family, e)
			}
		}
	}
}
