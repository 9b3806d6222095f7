package scenario

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestGoReturnsOnceTheCallHasBegun(t *testing.T) {
	for range 50 {
		var begun Event
		events, err := Perform(t.Context(), story(func(s *Stage) {
			client, server := s.Connect()
			join := s.Go(func() { client.Read(16) })
			all := s.rec.Events()
			begun = all[len(all)-1]
			server.Write("x")
			join()
			if e := s.rec.Events()[begun.ID-1]; e.End.IsZero() || e.N != 1 {
				t.Errorf("joined, and the read is %+v", e)
			}
			client.Close()
			server.Close()
		}), StageOptions{})
		must(t, err)
		if begun.Op != OpRead || !begun.End.IsZero() {
			t.Fatalf("when Go has returned the last call is %+v", begun)
		}
		sameTable(t, events, `
1 server listen 0/0
2 client dial 0/0
3 server accept 0/0
2 client read 1/16
3 server write 1/1
2 client close 0/0
3 server close 0/0
1 server close 0/0
`)
	}
}

// TestGoThatIsNeverJoined: the stage closes the socket that the call is blocked
// on, and leaves no goroutine behind.
func TestGoThatIsNeverJoined(t *testing.T) {
	events, err := Perform(t.Context(), story(func(s *Stage) {
		client, _ := s.Connect()
		s.Go(func() { client.Read(16) })
	}), StageOptions{})
	must(t, err)
	if read := events[3]; read.Op != OpRead || read.Fault != Closed {
		t.Errorf("the read gave %q", read.Fault)
	}
}

func TestGoThatIsStuck(t *testing.T) {
	_, err := Perform(t.Context(), story(func(s *Stage) {
		client, _ := s.Connect()
		join := s.Go(func() { client.Read(16) })
		join()
		t.Error("the story goes on after a call that was woken")
	}), StageOptions{Limit: 300 * time.Millisecond})
	if !errors.Is(err, ErrStuck) || !strings.Contains(err.Error(), "stuck in client read") {
		t.Errorf("%v", err)
	}
}

// TestGoThatMakesNoCall does not block.
func TestGoThatMakesNoCall(t *testing.T) {
	_, err := Perform(t.Context(), story(func(s *Stage) { s.Go(func() {})() }), StageOptions{})
	must(t, err)
}

// TestTwoAtOnce: the announcements of concurrent calls take turns.
func TestTwoAtOnce(t *testing.T) {
	inside := 0
	_, err := Perform(t.Context(), story(func(s *Stage) {
		client, server := s.Connect()
		join := s.Go(func() {
			for range 50 {
				server.Write("x")
			}
		})
		for range 50 {
			client.Write("y")
		}
		join()
	}), StageOptions{Before: func(Role, Op) {
		inside++ // the race detector is the witness
		if inside != 1 {
			t.Errorf("%d announcements at once", inside)
		}
		inside--
	}})
	must(t, err)
}
