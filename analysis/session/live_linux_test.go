package session

import (
	"context"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// TestLive looks on while a story is held back before each call: what the kernel
// says then of the listener, the client and the server.
func TestLive(t *testing.T) {
	s := open(t, Options{})
	want := []string{
		"server listen: ",
		"client dial: LISTEN ",
		"server accept: LISTEN ESTABLISHED ESTABLISHED ",
		"client write: LISTEN ESTABLISHED ESTABLISHED ",
		"server read: LISTEN ESTABLISHED ESTABLISHED/2 ",
		"server close: LISTEN ESTABLISHED ESTABLISHED/1 ",
		"client read: LISTEN CLOSED! - ",
		"client close: LISTEN CLOSED - ",
		"server close: LISTEN - - ",
	}
	for _, family := range both() {
		t.Run(string(family), func(t *testing.T) {
			var live *Live
			gates := 0
			run, err := s.Perform(t.Context(), catalog.Classics()[0], Stage{Family: family,
				Watch: func(l *Live) { live = l; t.Cleanup(func() { l.Close() }) },
				Gate: func(ctx context.Context, next scenario.Event) {
					if gates++; gates <= len(want) {
						settles(t, live, fmt.Sprintf("%s %s: ", next.Role, next.Op), want[gates-1])
					}
				},
			})
			if err != nil || run.Result() != analysis.Explained.String() || gates != len(want) {
				t.Errorf("%s after %d calls, %v", run.Result(), gates, err)
			}
		})
	}
}

// settles waits until the kernel says what is wanted, and the capture has what
// the calls made until then have set off.
func settles(t *testing.T, l *Live, call, want string) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(Patience); time.Now().Before(end); <-tick.C {
		if call+told(t, l) == want {
			return
		}
	}
	t.Errorf("%s%s, not %s", call, told(t, l), want)
}

// TestLiveEvidence: what was seen in the end is what the run has, and a dial
// that waits shows its segments.
func TestLiveEvidence(t *testing.T) {
	s := open(t, Options{})
	var live *Live
	run, err := s.Perform(t.Context(), catalog.Classics()[0], Stage{Family: scenario.IPv4,
		Watch: func(l *Live) { live = l; t.Cleanup(func() { l.Close() }) }})
	if err != nil {
		t.Fatal(err)
	}
	seen := live.Evidence()
	if n := len(seen.Events); n != len(run.Evidence.Events) {
		t.Errorf("%d calls were seen, %d made", n, len(run.Evidence.Events))
	}
	if n := len(seen.Segments); n != len(run.Evidence.Segments) || n == 0 {
		t.Errorf("%d segments were seen, the run has %d", n, len(run.Evidence.Segments))
	}
	dial := scenario.Event{ID: 1, Op: scenario.OpDial, Start: time.Now()}
	fence := capture.Segment{Src: netip.MustParseAddrPort("127.0.0.1:1"), Dst: netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), s.fence.port)}
	syn := capture.Segment{Src: netip.MustParseAddrPort("127.0.0.1:1"), Dst: netip.MustParseAddrPort("127.0.0.1:2")}
	if got := s.soFar([]capture.Segment{fence, syn}, []scenario.Event{dial}); len(got) != 1 || got[0].Dst != syn.Dst || got[0].ID != 1 {
		t.Errorf("while a dial waits: %v", got)
	}
	dial.End = dial.Start
	if got := s.soFar([]capture.Segment{fence, syn}, []scenario.Event{dial}); len(got) != 0 {
		t.Errorf("of strangers: %v", got)
	}
}

// told lists what the kernel says of every socket.
func told(t *testing.T, l *Live) (list string) {
	t.Helper()
	ends, err := l.Ends(l.Evidence())
	if err != nil {
		t.Error(err)
	}
	for _, e := range ends {
		switch {
		case !e.Known:
			list += "?"
		case e.State == "":
			list += "-"
		}
		list += e.State
		if e.Unread > 0 {
			list += fmt.Sprintf("/%d", e.Unread)
		}
		if e.Pending {
			list += "!"
		}
		list += " "
	}
	return list
}
