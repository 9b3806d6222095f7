package scenario

import (
	"strings"
	"testing"
)

// TestHeard: the kernel is asked after each call for the state of its socket, but
// where there is none any more; a state that it keeps apart from the socket is
// told too, and a pending error stays where it is.
func TestHeard(t *testing.T) {
	forEachFamily(t, func(t *testing.T, f Family) {
		rec := NewRecorder()
		client, server := pair(t, rec, f)
		must(t, client.CloseWrite())
		must(t, server.AwaitFIN(within(t, long)))
		must(t, AwaitFINAcked(within(t, long), Client, client.sock.local, client.sock.remote))
		must(t, server.Close())
		must(t, client.AwaitHangup(within(t, long)))
		client.Read(make([]byte, 1))
		must(t, client.Close())
		sameStates(t, rec, "listen LISTEN, dial ESTABLISHED, accept ESTABLISHED, close -, "+
			"close-write FIN_WAIT1 or FIN_WAIT2, poll CLOSE_WAIT, close -, poll TIME_WAIT, read TIME_WAIT, close -")

		rec = NewRecorder()
		client, server = pair(t, rec, f)
		must(t, server.SetLinger(0))
		must(t, server.Close())
		must(t, client.AwaitHangup(within(t, long)))
		if _, err := client.Read(make([]byte, 1)); FaultOf(err) != ECONNRESET {
			t.Errorf("the read returned %v: asking has taken the error", err)
		}
		must(t, client.Close())
		sameStates(t, rec, "listen LISTEN, dial ESTABLISHED, accept ESTABLISHED, close -, "+
			"set-linger ESTABLISHED, close -, poll CLOSED, read CLOSED, close -")
	})
}

// sameStates compares what was heard after each call with such as "read CLOSED,
// close -".
func sameStates(t *testing.T, rec *Recorder, want string) {
	t.Helper()
	wants := strings.Split(want, ", ")
	events := rec.Events()
	if len(events) != len(wants) {
		t.Fatalf("%d calls, not %d", len(events), len(wants))
	}
	for i, e := range events {
		op, states, _ := strings.Cut(wants[i], " ")
		ok := false
		for state := range strings.SplitSeq(states, " or ") {
			ok = ok || e.State == strings.TrimPrefix(state, "-")
		}
		if string(e.Op) != op || !ok {
			t.Errorf("call %d is %s, in %q; want %s", e.ID, e.Op, e.State, wants[i])
		}
		if asked := e.State != ""; asked == e.StateAt.IsZero() || asked && e.StateAt.Before(e.End) {
			t.Errorf("call %d, %q: it ended at %v, the kernel had been asked by %v", e.ID, e.State, e.End, e.StateAt)
		}
	}
}
