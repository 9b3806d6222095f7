package lesson

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/internal/golden"
	"github.com/rstwatch/rstwatch/scenario"
)

// TestPlayback goes through a recorded run, and back and forth in it.
func TestPlayback(t *testing.T) {
	r := runOf(t, aborted)
	r.Replayed = true
	l, p := Play(story("reset-on-read"), r, Options{})
	s := &script{tb: t, l: l, letGo: p.LetGo}
	s.show("the opening")
	s.press("space", "enter", "n", "right", "space")
	s.press("left", "left", "space", "?", "x", "home", "right", "end")
	s.press("space", "up", "pgup", "down", "pgdown", "left", "right", "left", "esc")
	l.Resize(120, 40)
	s.show("a larger terminal")
	l.Resize(79, 24)
	s.show("one that is too narrow")
	l.Resize(20, 3)
	s.show("a tiny one")
	golden.Compare(t, "playback.txt", s.out.String())
	if !l.Over() {
		t.Error("it is not over")
	}
}

// TestWays draws the same in other ways.
func TestWays(t *testing.T) {
	var out strings.Builder
	for _, o := range []Options{{ASCII: true}, {Color: true}, {Verbose: true}, {States: true}} {
		l, p := Play(story("reset-on-read"), runOf(t, aborted), o)
		s := &script{tb: t, l: l, letGo: p.LetGo}
		s.press("space", "space")
		for !l.Over() {
			p.LetGo(l.Key("space").LetGo)
		}
		s.show("the end")
		s.press("?")
		out.WriteString(s.out.String())
		if o.ASCII && strings.ContainsFunc(s.out.String(), func(r rune) bool { return r > 126 }) {
			t.Error("more than ASCII")
		}
	}
	golden.Compare(t, "ways.txt", out.String())
}

var (
	client = netip.MustParseAddrPort("127.0.0.1:40000")
	server = netip.MustParseAddrPort("127.0.0.1:80")
)

// live plays a run as one that happens now.
type live struct {
	*script
	t   *testing.T
	run *analysis.Run
}

func newLive(t *testing.T, text string) *live {
	r := runOf(t, text)
	l := New(story("reset-on-read"), blank(r), Options{})
	return &live{script: &script{tb: t, l: l, letGo: l.Freed}, t: t, run: r}
}

// happens tells of all until so many microseconds, and of what the kernel says.
func (v *live) happens(micros int, story string, ends ...End) {
	v.t.Helper()
	_, spots := spotsOf(v.run, false)
	last := -1
	for i, s := range spots {
		if !s.At.IsZero() && !s.At.After(at(v.run, micros)) {
			last = i
		}
	}
	run := blank(v.run)
	if last >= 0 {
		run = until(v.run, spots, last)
	}
	v.l.Look(Now{Time: at(v.run, micros), Run: run, Ends: ends, Story: story})
}

func end(local, remote netip.AddrPort, state string, unread int, pending bool) End {
	return End{local, remote, scenario.Sight{State: state, Known: true, Open: state != "", Unread: unread, Pending: pending}}
}

// TestLive: what the kernel says is shown of the moment at which it was asked;
// calls of both sides wait at once.
func TestLive(t *testing.T) {
	v := newLive(t, aborted)
	r := v.run
	c, s := r.Evidence.Events[1].Local, r.Evidence.Events[1].Remote
	v.show("before anything")
	v.press("space", "left", "tab")
	v.happens(50, "", end(s, netip.AddrPort{}, "LISTEN", 0, false))
	v.l.Hold(1, scenario.Event{Role: scenario.Client, Op: scenario.OpDial, Remote: s})
	v.show("a dial is next")
	v.press("space")
	v.happens(115, "", end(s, netip.AddrPort{}, "LISTEN", 0, false), end(c, s, "SYN_SENT", 0, false), end(s, c, "", 0, false))
	v.show("the SYN has left")
	v.happens(212, "drop what comes from the server", end(c, s, "ESTABLISHED", 0, false), end(s, c, "ESTABLISHED", 2, false))
	v.l.Hold(2, scenario.Event{Role: scenario.Server, Op: scenario.OpRead, Asked: 1, Local: s, Remote: c})
	v.l.Hold(3, scenario.Event{Role: scenario.Client, Op: scenario.OpHTTPRequest})
	v.show("two wait")
	v.press("tab")
	if do := v.l.Key("space"); do.LetGo != 3 {
		t.Errorf("%d is let go", do.LetGo)
	}
	v.l.Freed(3)
	v.show("one waits")
	v.happens(235, "", end(c, s, "CLOSED", 0, true), end(s, c, "", 0, false))
	v.show("the server has closed")
	v.press("left", "left", "left", "left", "left", "left", "home", "right", "space")
	if do := v.l.Key("space"); do.LetGo != 2 {
		t.Errorf("%d is let go", do.LetGo)
	}
	v.l.Finish(Now{Time: at(r, 900), Run: r, Ends: []End{end(c, s, "CLOSED", 0, false), end(s, c, "", 0, false)}})
	v.show("the end")
	golden.Compare(t, "live.txt", v.out.String())
}

// TestListenerIsClosed: that a listener is closed after the last step is no
// contradiction of the model, which speaks of that step.
func TestListenerIsClosed(t *testing.T) {
	v := newLive(t, "0.000..0.010 server listen\n0.020..0.200 client dial = DEADLINE\n0.021 client > server SYN\n0.210..0.220 server close-listener\n")
	c, s := v.run.Evidence.Segments[0].Src, v.run.Evidence.Segments[0].Dst
	gone := []End{end(c, s, "", 0, false), end(s, c, "", 0, false), end(s, netip.AddrPort{}, "", 0, false)}
	v.l.Finish(Now{Time: at(v.run, 300_000), Run: v.run, Ends: gone})
	stands := v.l.stands()
	if len(stands) != 2 {
		t.Fatalf("%d ends", len(stands))
	}
	if state, aside := stands[1].line(); state != "no socket" || aside != "says the kernel" {
		t.Errorf("the server: %s, %s", state, aside)
	}
}

// TestBucket: the kernel keeps a socket in FIN_WAIT2 as a time-wait bucket, which
// it tells of by either name.
func TestBucket(t *testing.T) {
	bucket := []analysis.Socket{{State: analysis.FinWait2Bucket}}
	for state, want := range map[string]bool{analysis.FinWait2.String(): true, analysis.TimeWait.String(): true, analysis.LastAck.String(): false} {
		if got := agrees(scenario.Sight{State: state}, bucket); got != want {
			t.Errorf("%s: %v", state, got)
		}
	}
}

// TestLeaving: q leaves, ctrl+c interrupts, also where the screen is too small
// and where help is shown.
func TestLeaving(t *testing.T) {
	for _, small := range []bool{false, true} {
		for _, help := range []bool{false, true} {
			l, _ := Play(story("x"), runOf(t, aborted), Options{})
			if small {
				l.Resize(40, 10)
			}
			if help {
				l.Key("?")
			}
			if do := l.Key("q"); !do.Leave || do.Abort {
				t.Errorf("q: %+v", do)
			}
			if do := l.Key("ctrl+c"); !do.Leave || !do.Abort {
				t.Errorf("ctrl+c: %+v", do)
			}
			if do := l.Key("space"); (small || help) && do.LetGo != 0 {
				t.Error("a call is let go that nobody sees")
			}
		}
	}
}

// TestSteadyReading: the kernel is asked often and says the same; that is kept
// once.
func TestSteadyReading(t *testing.T) {
	v := newLive(t, aborted)
	for i := range 1000 {
		v.happens(300+i, "", end(client, server, "ESTABLISHED", 0, false))
	}
	if len(v.l.seen) != 1 {
		t.Errorf("%d readings are kept", len(v.l.seen))
	}
}
