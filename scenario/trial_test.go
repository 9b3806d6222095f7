package scenario

import (
	"slices"
	"testing"
	"time"
)

// calls lists the recorded calls of a role but its polls, with what they gave.
func (t *tally) calls(role Role) (list []string) {
	for _, e := range t.events {
		if e.Role == role && e.Op != OpPoll {
			list = append(list, string(e.Op)+" "+string(e.Fault))
		}
	}
	return list
}

type tally struct{ events []Event }

// TestTrial: a call that is withheld is not made, and what then blocks ends at
// its bound, so that the story goes on to its end.
func TestTrial(t *testing.T) {
	const bound = 30 * time.Millisecond
	var dialled, made, over int
	events, err := Perform(t.Context(), story(func(s *Stage) {
		client, server := s.Connect()
		server.Close()
		client.AwaitFIN()
		client.Read(1)
		client.Close()
	}), StageOptions{Trial: &Trial{
		Begin: func(next Event) Terms {
			terms := Terms{Withhold: over == 0 && next.Role == Server && next.Op == OpClose && next.Remote.IsValid()}
			if next.Op == OpRead { // all others have something to return
				terms.Bound = bound
			}
			return terms
		},
		Wait: func(Event) time.Duration { return bound },
		Dialling: func(call Event) error {
			if !call.Local.IsValid() || !call.Remote.IsValid() {
				t.Errorf("a socket connects from %v to %v", call.Local, call.Remote)
			}
			dialled++
			return nil
		},
		Made: func(call Event, c *Conn) {
			if made++; StateOf(c) != "ESTABLISHED" {
				t.Errorf("made by %s: %q", call.Op, StateOf(c))
			}
		},
		Over: func() { over++ },
	}})
	must(t, err)
	client := (&tally{events}).calls(Client)
	if want := []string{"dial ", "read DEADLINE", "close "}; !slices.Equal(client, want) {
		t.Errorf("the client made %q, not %q", client, want)
	}
	if dialled != 1 || made != 2 || over != 1 {
		t.Errorf("dialled %d times, made %d, over %d", dialled, made, over)
	}
}

// TestTrialStops: a trial that has seen enough ends the story, which is no error.
func TestTrialStops(t *testing.T) {
	read := false
	events, err := Perform(t.Context(), story(func(s *Stage) {
		client, server := s.Connect()
		client.Write("a")
		server.Read(1)
		client.Write("never written")
		t.Error("the story went on")
	}), StageOptions{Trial: &Trial{Begin: func(next Event) Terms {
		stop := read
		read = read || next.Op == OpRead
		return Terms{Stop: stop}
	}}})
	must(t, err)
	if n := len((&tally{events}).calls(Client)); n != 2 {
		t.Errorf("the client made %d calls, not 2", n)
	}
}
