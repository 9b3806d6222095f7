package session

import (
	"errors"
	"testing"

	"github.com/vishvananda/netlink"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture/live"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

func setLoopback(tb testing.TB, set func(netlink.Link) error) {
	tb.Helper()
	lo, err := netlink.LinkByName("lo")
	if err == nil {
		err = set(lo)
	}
	if err != nil {
		tb.Fatal(err)
	}
}

// TestInterfaceGone sets the loopback interface down in the middle of a story.
func TestInterfaceGone(t *testing.T) {
	s := open(t, Options{})
	t.Cleanup(func() { setLoopback(t, netlink.LinkSetUp) })
	sc := &scenario.Scenario{Name: "gone", Play: func(stage *scenario.Stage) {
		client, server := stage.Connect()
		client.Write("ab")
		server.Read(1)
		setLoopback(t, netlink.LinkSetDown)
		server.Close()
		client.AwaitHangup() // its RST never comes
		t.Error("the story goes on")
	}, Expect: map[string][]scenario.Result{"linux": nil}}
	run, err := s.Perform(t.Context(), sc, Stage{Family: scenario.IPv4})
	if !errors.Is(err, live.ErrGone) || errors.Is(err, scenario.ErrStuck) {
		t.Errorf("Perform: %v, want ErrGone at once", err)
	}
	if run == nil || run.Result() == analysis.Explained.String() || run.Trouble == "" {
		t.Fatalf("run %+v", run)
	}
	// Listen, dial, accept, write and read; how far the story gets after that is
	// the backend's business: one hears at once that the interface is down.
	if len(run.Evidence.Events) < 5 || len(run.Evidence.Segments) < 5 {
		t.Errorf("%d calls and %d segments were there", len(run.Evidence.Events), len(run.Evidence.Segments))
	}
	setLoopback(t, netlink.LinkSetUp)
	run, err = s.Perform(t.Context(), catalog.Classics()[0], Stage{Family: scenario.IPv4})
	if !errors.Is(err, live.ErrGone) || run == nil || run.Trouble == "" {
		t.Errorf("a later Perform: %+v, %v, want ErrGone", run, err)
	}
}

// TestOpenGone: the interface is down from the start.
func TestOpenGone(t *testing.T) {
	needSandbox(t)
	setLoopback(t, netlink.LinkSetDown)
	t.Cleanup(func() { setLoopback(t, netlink.LinkSetUp) })
	if s, err := Open(t.Context(), Options{Families: both()[:1]}); err == nil {
		s.Close()
		t.Error("Open succeeded")
	} else {
		t.Log(err)
	}
}
