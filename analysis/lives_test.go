package analysis_test

import (
	"slices"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/trace"
)

// TestWatch: in every case of the rules each call that returned, and each segment
// that left, leaves its socket in a state, which is one of those possible; a
// segment changes its receiver unless it was lost.
func TestWatch(t *testing.T) {
	for _, path := range []string{"linux", "darwin"} {
		for _, c := range cases(t, path) {
			tr, err := trace.Parse(string(c.Data))
			if err != nil {
				t.Fatal(err)
			}
			if x := analysis.Explain(tr.Evidence); x.Outcome == analysis.Explained {
				watched(t, path+"/"+c.Name, tr.Evidence, x)
			}
		}
	}
}

func watched(t *testing.T, name string, e analysis.Evidence, x analysis.Explanation) {
	t.Helper()
	lives := analysis.Watch(e)
	for i := range e.Events {
		ev := &e.Events[i]
		if ev.End.IsZero() || !ev.Remote.IsValid() || ev.Op.Library() || x.Calls[i].Certainty == analysis.Local {
			continue
		}
		got, could := stateNames(lives.Returned(ev.ID)), stateNames(lives.Possible(ev.ID, ev.End))
		if len(got) == 0 || !contains(could, got) {
			t.Errorf("%s: %s %s returned, and its socket is in %v, possible are %v", name, ev.Role, ev.Op, got, could)
		}
	}
	for i := range e.Segments {
		s := &e.Segments[i]
		if !s.ICMP.Is() && len(lives.Sent(s.ID)) == 0 {
			t.Errorf("%s: who sent #%d %s is in no state", name, s.ID, s.Flags)
		}
		if got := lives.Received(s.ID); (len(got) == 0) != (x.Notes[s.ID].Lost != "") {
			t.Errorf("%s: who received #%d %s is in %v; lost: %q", name, s.ID, s.Flags, got, x.Notes[s.ID].Lost)
		}
	}
}

func stateNames(list []analysis.Socket) (names []string) {
	for _, s := range list {
		if name := s.State.String(); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func contains(all, some []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}

// TestWatchLarge: neither a long connection nor calls at once take for ever.
func TestWatchLarge(t *testing.T) {
	long := transfer(5000, 0)
	begun := time.Now()
	lives := analysis.Watch(long)
	for i := range long.Segments {
		if len(lives.Sent(i+1)) == 0 || len(lives.Received(i+1)) != 1 {
			t.Fatalf("#%d: %v sent it, %v received it", i+1, lives.Sent(i+1), lives.Received(i+1))
		}
	}
	last := len(long.Events)
	if got := stateNames(lives.Returned(last)); !slices.Equal(got, []string{"CLOSED"}) {
		t.Errorf("in the end the socket is in %v", got)
	}
	analysis.Watch(crowd(20, 200))
	if took := time.Since(begun); took > 30*time.Second { // a tenth of it is enough
		t.Errorf("it took %v", took)
	}
}

// TestStateNamed reads every name that String gives.
func TestStateNamed(t *testing.T) {
	for s := analysis.Closed; s <= analysis.TimeWait; s++ {
		if got, ok := analysis.StateNamed(s.String()); !ok || got != s {
			t.Errorf("%s is read as %s, %v", s, got, ok)
		}
	}
	for _, name := range []string{"", "same", "established", "<b>"} {
		if got, ok := analysis.StateNamed(name); ok {
			t.Errorf("%q is read as %s", name, got)
		}
	}
}

// TestWatchBlind: where no call of a side is known, nor is what it has read.
func TestWatchBlind(t *testing.T) {
	for text, want := range map[string]int{
		"client > server SYN\nserver > client SYN,ACK\nclient > server ACK\nclient > server PSH,ACK len 5\n": 0,
		"server listen\nclient dial\nserver accept\nclient write 5\nclient > server PSH,ACK len 5\n":         5,
	} {
		tr, err := trace.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		segments := tr.Evidence.Segments
		got := analysis.Watch(tr.Evidence).Received(segments[len(segments)-1].ID)
		if len(got) != 1 || got[0].State != analysis.Established || got[0].Unread != want {
			t.Errorf("%q: the server is %v, want %d unread", text, got, want)
		}
	}
}
