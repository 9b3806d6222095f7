package session

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

func newWatcher(t *testing.T, ports ...uint16) *Watcher {
	t.Helper()
	needSandbox(t)
	w := NewWatcher()
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, port := range ports {
		if err := w.Add(t.Context(), port); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// TestWatcher: connections of ports that were added are explained, as often as one
// asks, and others are not captured.
func TestWatcher(t *testing.T) {
	w, rec := newWatcher(t), scenario.NewRecorder()
	if runs, err := w.Explain("none", rec); runs != nil || err != nil {
		t.Errorf("%d runs of nothing, %v", len(runs), err)
	}
	for i, address := range []string{"127.0.0.1:0", "[::1]:0", "127.0.0.1:0"} {
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		port := uint16(l.Addr().(*net.TCPAddr).Port)
		l.Close()
		if err := w.Add(t.Context(), port); err != nil {
			t.Fatal(err)
		}
		if err := resetOn(t, rec, netip.AddrPortFrom(netip.MustParseAddrPort(address).Addr(), port).String()); err != nil {
			t.Fatal(err)
		}
		if err := resetOn(t, scenario.NewRecorder(), "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		runs, err := w.Explain("reset", rec)
		if err != nil || len(runs) != i+1 {
			t.Fatalf("%d runs, %v", len(runs), err)
		}
		for n, r := range runs {
			if r.Number != n+1 || r.Result() != analysis.Explained.String() || len(r.Verdicts) != 1 || len(r.Evidence.Segments) != 6 {
				t.Errorf("run %d: %s, %d segments, verdicts %+v", r.Number, r.Result(), len(r.Evidence.Segments), r.Verdicts)
			}
		}
	}
	if len(w.watched) != 3 {
		t.Errorf("%d captures", len(w.watched))
	}
	if err := w.Add(t.Context(), 0); err != nil || len(w.watched) != 3 {
		t.Errorf("port 0 beside others: %d captures, %v", len(w.watched), err)
	}
}

// TestWatcherPassedBy: of a connection that was not captured no cause is named.
func TestWatcherPassedBy(t *testing.T) {
	w, rec := newWatcher(t, 0), scenario.NewRecorder()
	if err := resetOn(t, rec, "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	runs, err := w.Explain("unseen", rec)
	if err != nil || len(runs) != 1 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	r := runs[0]
	if r.Trouble != "none of its segments was captured: they did not pass through lo" || r.Outcome != analysis.Inconclusive {
		t.Errorf("%s, %q: %+v", r.Outcome, r.Trouble, r.Verdicts)
	}
}

// TestWatcherOfBothEnds: a segment whose ports are both captured is there once.
func TestWatcherOfBothEnds(t *testing.T) {
	ports, err := scenario.Reserve([]scenario.Family{scenario.IPv4}, 2, 0)
	if err != nil {
		t.Fatal(err)
	}
	from, to := ports.Numbers()[0], ports.Numbers()[1]
	ports.Close()
	w, rec := newWatcher(t, 0, from, to, to), scenario.NewRecorder()
	host := scenario.IPv4.Loopback()
	l, err := rec.Listen(t.Context(), scenario.Server, "tcp", netip.AddrPortFrom(host, to).String())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	d := rec.Dialer(scenario.Client)
	d.Settings.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(host, from))
	c, err := d.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	runs, err := w.Explain("both", rec)
	if err != nil || len(runs) != 1 || len(runs[0].Evidence.Segments) != 3 || runs[0].Result() != analysis.Explained.String() {
		t.Errorf("%+v, %v", runs, err)
	}
	if len(w.watched) != 3 {
		t.Errorf("%d captures", len(w.watched))
	}
}

// TestAsOf: calls as they were at a moment.
func TestAsOf(t *testing.T) {
	at := func(s int64) time.Time { return time.Unix(s, 0) }
	remote := netip.MustParseAddrPort("127.0.0.1:9")
	got := asOf([]scenario.Event{
		{ID: 1, Op: scenario.OpAccept, Start: at(1)},
		{ID: 2, Op: scenario.OpAccept, Start: at(1), End: at(2), Fault: scenario.Closed},
		{ID: 3, Op: scenario.OpAccept, Start: at(1), End: at(2), Fault: "EMFILE"},
		{ID: 4, Op: scenario.OpAccept, Start: at(1), End: at(2), Remote: remote},
		{ID: 5, Op: scenario.OpRead, Start: at(2), End: at(9), Remote: remote, N: 1, Fault: scenario.EOF, Err: "EOF", State: "ESTABLISHED", StateAt: at(9)},
		{ID: 6, Op: scenario.OpRead, Start: at(6), End: at(6), Remote: remote},
	}, at(5))
	want := []scenario.Event{
		{ID: 3, Op: scenario.OpAccept, Start: at(1), End: at(2), Fault: "EMFILE"},
		{ID: 4, Op: scenario.OpAccept, Start: at(1), End: at(2), Remote: remote},
		{ID: 5, Op: scenario.OpRead, Start: at(2), Remote: remote},
	}
	if len(got) != len(want) {
		t.Fatalf("%d calls", len(got))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%+v, not %+v", got[i], want[i])
		}
	}
}
