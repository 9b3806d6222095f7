package report

import (
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// TestStanding: one state where there is no doubt, both where there are two, and
// an error that may as well not wait has a question mark.
func TestStanding(t *testing.T) {
	l := &ladder{style: newStyle(io.Discard, Options{Width: 120})}
	for _, tt := range []struct {
		sockets []analysis.Socket
		want    string
	}{
		{nil, ""},
		{[]analysis.Socket{{State: analysis.Established}}, "ESTABLISHED"},
		{[]analysis.Socket{{State: analysis.Closed, Pending: scenario.ECONNRESET}}, "CLOSED, ✗ ECONNRESET"},
		{[]analysis.Socket{{State: analysis.FinWait2Bucket}}, "FIN_WAIT2"},
		{[]analysis.Socket{{State: analysis.FinWait2}, {State: analysis.FinWait2Bucket}}, "FIN_WAIT2"},
		{[]analysis.Socket{{State: analysis.FinWait1}, {State: analysis.TimeWait}}, "FIN_WAIT1 or, TIME_WAIT"},
		{[]analysis.Socket{{State: analysis.Closed, Pending: scenario.EPIPE}, {State: analysis.Closed}}, "CLOSED, ✗ EPIPE?"},
		{[]analysis.Socket{{State: analysis.CloseWait}, {State: analysis.Closed, Pending: scenario.EPIPE}}, "CLOSE_WAIT or, CLOSED, ✗ EPIPE?"},
		{[]analysis.Socket{{State: analysis.FinWait1}, {State: analysis.TimeWait}, {State: analysis.Closed}}, "unknown"},
	} {
		if got := strings.Join(l.standing(tt.sockets), ", "); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.sockets, got, tt.want)
		}
	}
}

// TestStand: a state is shown where it changes, and its end too.
func TestStand(t *testing.T) {
	at := func(states ...analysis.State) [2][]analysis.Socket {
		var s [2][]analysis.Socket
		for i, state := range states {
			if state != 0 {
				s[i] = []analysis.Socket{{State: state}}
			}
		}
		return s
	}
	l := &ladder{style: newStyle(io.Discard, Options{Width: 80}), rows: []row{{sockets: at(analysis.SynSent)},
		{sockets: at(analysis.Established, analysis.SynRecv)}, {sockets: at(analysis.Established, analysis.Established)}, {}}}
	l.stand()
	want := [][2]string{{"SYN_SENT", ""}, {"ESTAB", "SYN_RECV"}, {"", "ESTAB"}, {"-", "-"}}
	for i, r := range l.rows {
		if got := [2]string{strings.Join(r.states[0], ","), strings.Join(r.states[1], ",")}; got != want[i] {
			t.Errorf("row %d: %q, want %q", i, got, want[i])
		}
	}
}

// TestThreads: calls that blame the same segment share a line, a chain beside
// another has a lane of its own, and one behind it has the same.
func TestThreads(t *testing.T) {
	list := joined([]thread{
		{rows: []int{4, 7, 8}, calls: map[int]bool{1: true}, cause: 6},
		{rows: []int{4, 7, 9}, calls: map[int]bool{2: true}, cause: 6},
		{rows: []int{1, 2}, calls: map[int]bool{3: true}, cause: 2},
	})
	if len(list) != 2 || list[0].cause != 2 || !slices.Equal(list[1].rows, []int{4, 7, 8, 9}) || len(list[1].calls) != 2 {
		t.Errorf("%+v", list)
	}
	lanes := laid([]thread{{rows: []int{1, 9}}, {rows: []int{2, 3}}, {rows: []int{4, 5}}, {rows: []int{4, 6}}, {rows: []int{5, 7}}})
	if len(lanes) != 3 || len(lanes[1]) != 2 || len(lanes[2]) != 1 {
		t.Errorf("%+v", lanes)
	}
}

// TestPair: both directions of a connection are one, and a call without a
// connection, or a library's, stands with the connection of the row before it.
func TestPair(t *testing.T) {
	a, b := netip.MustParseAddrPort("127.0.0.1:1"), netip.MustParseAddrPort("127.0.0.1:2")
	l := &ladder{rows: []row{{}}}
	if got := l.pair(&scene.Step{Call: &scenario.Event{Op: scenario.OpListen, Local: a}}); got != (endpoints{}) {
		t.Errorf("a listener: %v", got)
	}
	up := l.pair(&scene.Step{Segment: &capture.Segment{Src: a, Dst: b}})
	if down := l.pair(&scene.Step{Segment: &capture.Segment{Src: b, Dst: a}}); up != down || up != (endpoints{a, b}) {
		t.Errorf("%v, %v", up, down)
	}
	if call := l.pair(&scene.Step{Call: &scenario.Event{Op: scenario.OpRead, Local: b, Remote: a}}); call != up {
		t.Errorf("a call: %v", call)
	}
	l.rows = []row{{conn: up}, {}}
	if call := l.pair(&scene.Step{Call: &scenario.Event{Op: scenario.OpCopy, Local: a, Remote: netip.MustParseAddrPort("127.0.0.1:3")}}); call != up {
		t.Errorf("a library's call: %v", call)
	}
}
