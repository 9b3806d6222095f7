package session

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/diagnosis"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// situations are those that stories show when their calls are taken out.
var situations = map[string]string{
	"http-idle-close-race":        "keep-alive race",
	"http-reset-mid-body":         "abort in mid-body",
	"http-abort-mid-body":         "closed in mid-body",
	"http-early-answer":           "abort after the answer",
	"http-post-eof":               "closed without an answer",
	"firewall-forgets":            "reset by something between",
	"firewall-resets-client-only": "reset by something between",
	"forged-reset":                "reset by something between",
	"forged-reset-in-window":      "normal",
	"peer-lost-its-state":         "connection unknown to the peer",
	"backlog-full-abort":          "connection unknown to the peer",
	"two-step-reset":              "connection unknown to the peer",
	"connection-refused":          "refused",
	"dial-timeout":                "no answer to the SYN",
	"dial-icmp-port-unreachable":  "rejected by ICMP",
	"reset-before-handshake-ends": "handshake abandoned",
	"broken-pipe":                 "data after close",
	"reset-in-last-ack":           "harmless reset",
	"reset-on-read":               "reset instead of an answer",
	"data-before-reset":           "abort in or after the answer",
	"linger-zero":                 "reset before a request",
	"half-close":                  "normal",
}

// resent are situations of stories in which a FIN is sent again: they stood still
// for the 200 ms of its timer. Who sends one after a forged RST goes on, and has
// shown that the RST was none of his.
var resent = map[string]string{"reset-in-last-ack": "reset by something between"}

// finAgain reports whether somebody sent a FIN more than once.
func finAgain(list []capture.Segment) bool {
	first := make(map[netip.AddrPort]bool)
	for i := range list {
		s := &list[i]
		if s.Flags.Has(capture.FIN) && first[s.Src] {
			return true
		}
		first[s.Src] = first[s.Src] || s.Flags.Has(capture.FIN)
	}
	return false
}

// TestDiagnosed: a story without its calls is diagnosed as what it is.
func TestDiagnosed(t *testing.T) {
	s := open(t, Options{})
	for _, sc := range catalog.All() {
		want := situations[sc.Name]
		if want == "" {
			continue
		}
		for _, family := range both() {
			run, err := s.Perform(t.Context(), sc, Stage{Family: family})
			if err != nil {
				t.Fatalf("%s over %s: %v", sc.Name, family, err)
			}
			want := want
			if other := resent[sc.Name]; other != "" && finAgain(run.Evidence.Segments) {
				want = other
			}
			d := diagnosed(run.Evidence.Segments)
			if d == nil || d.Situation.Name != want {
				t.Errorf("%s over %s: %+v, want %s", sc.Name, family, d, want)
				continue
			}
			cutShort(t, sc.Name, run, d)
		}
	}
}

// TestDiagnosedIdle: what a firewall does to a connection that it has forgotten
// is an idle timeout, if the connection was idle for long. The story does not
// wait for so long: the stamps are moved.
func TestDiagnosedIdle(t *testing.T) {
	s := open(t, Options{})
	for _, sc := range catalog.All() {
		if sc.Name != "firewall-forgets" && sc.Name != "peer-lost-its-state" {
			continue
		}
		run, err := s.Perform(t.Context(), sc, Stage{Family: scenario.IPv4})
		if err != nil {
			t.Fatal(err)
		}
		before := diagnosed(run.Evidence.Segments)
		if before == nil || before.Idle.Until == 0 {
			t.Fatalf("%s: nothing ended it: %+v", sc.Name, before)
		}
		list := slices.Clone(run.Evidence.Segments)
		for i := before.Idle.Until - 1; i < len(list); i++ {
			list[i].Time = list[i].Time.Add(350 * time.Second)
		}
		d := diagnosed(list)
		if d.Situation.Name != "idle-timeout reset" || d.Idle.For < 350*time.Second || len(d.Situation.Causes) < 2 || d.Situation.Measure.What == "" {
			t.Errorf("%s: %+v, %+v", sc.Name, d.Situation, d.Idle)
		}
	}
}

// diagnosed diagnoses the first connection of segments; nil if there is none.
func diagnosed(list []capture.Segment) *diagnosis.Diagnosis {
	tr := survey.New(0, nil)
	var keeper diagnosis.Keeper
	for i := range list {
		var b capture.Brief
		if capture.Look(&b, list[i].Frame.Link, list[i].Frame.Data, list[i].Frame.Wire) != nil {
			continue
		}
		if stream := tr.Add(list[i].Time.UnixNano(), uint32(i+1), &b); stream == 0 {
			keeper.Add(list[i].Time.UnixNano(), uint32(i+1), list[i].Frame)
		}
	}
	for c := range tr.Connections() {
		d := diagnosis.Of(keeper.Evidence(c, nil))
		return &d
	}
	return nil
}

// cutShort takes segments away at either end: what is left may tell less, and
// nothing that is wrong. whole is the diagnosis of all.
func cutShort(t *testing.T, name string, run *analysis.Run, whole *diagnosis.Diagnosis) {
	list := run.Evidence.Segments
	known := make(map[time.Time][]analysis.Reason)
	for i := range list {
		if reasons := run.Notes[list[i].ID].Reasons; len(reasons) == 1 {
			known[list[i].Time] = reasons
		}
	}
	check := func(cut []capture.Segment, what string, n int) {
		d := diagnosed(cut)
		if d == nil {
			return
		}
		for _, r := range d.Resets {
			if want := known[r.Time]; want != nil && r.Reasons != nil && !slices.Contains(r.Reasons, want[0]) {
				t.Errorf("%s, %d segments cut off at the %s: #%d was sent for %s, which is none of %v", name, n, what, r.Frame, want[0], r.Reasons)
			}
		}
		if what == "begin" && d.Retry.Safety == diagnosis.Safe && (whole.Retry.Safety == diagnosis.NotSafe || whole.Retry.Safety == diagnosis.Idempotent) {
			t.Errorf("%s, %d segments cut off at the begin: a retry is safe (%s), but all segments say: %s", name, n, d.Retry.Why, whole.Retry.Why)
		}
	}
	for n := 1; n < len(list); n++ {
		check(list[n:], "begin", n)
		check(list[:len(list)-n], "end", n)
	}
}

// TestForeseen holds what the model foresees from segments alone against what the
// calls of the catalogue returned: the first read of each socket that failed, and
// the first write.
func TestForeseen(t *testing.T) {
	s := open(t, Options{})
	held := 0
	for _, sc := range catalog.All() {
		if sc.Slow || sc.Lab {
			continue // what is lost on the way, or decided by a timer, no segment tells in time
		}
		for _, family := range both() {
			run, err := s.Perform(t.Context(), sc, Stage{Family: family})
			if err != nil {
				t.Fatalf("%s over %s: %v", sc.Name, family, err)
			}
			for _, ev := range firstFailures(run.Evidence.Events) {
				list := foreseen(run.Evidence, &ev)
				if len(list) == 0 {
					continue
				}
				held++
				if !slices.Contains(list, ev.Fault) {
					t.Errorf("%s over %s: call %d, %s of the %s, returned %q, foreseen %q", sc.Name, family, ev.ID, ev.Op, ev.Role, ev.Fault, list)
				}
			}
		}
	}
	if held < 60 {
		t.Errorf("only %d calls were held", held)
	}
}

// firstFailures returns of each socket the first read and the first write that
// failed for what the peer or the network did, unless an error was taken before.
func firstFailures(events []scenario.Event) (list []scenario.Event) {
	own := []scenario.Fault{scenario.Deadline, scenario.Closed, scenario.Canceled}
	over := make(map[int]bool)
	for _, ev := range events {
		switch {
		case over[ev.Conn] || ev.Op.Library():
		case slices.ContainsFunc(events, func(o scenario.Event) bool {
			return o.ID != ev.ID && o.Conn == ev.Conn && o.Fault != "" && o.Start.Before(ev.End) && o.End.After(ev.Start)
		}): // two at once: either may have got the error
			over[ev.Conn] = true
		case ev.Op == scenario.OpRead && ev.Fault != "", ev.Op == scenario.OpWrite && ev.Fault != "" && ev.N == 0:
			if !slices.Contains(own, ev.Fault) {
				list = append(list, ev)
			}
			over[ev.Conn] = ev.Fault != scenario.EOF && ev.Fault != scenario.Deadline
		case ev.Op == scenario.OpClose, ev.Op == scenario.OpCloseRead, ev.Op == scenario.OpShutdown, ev.Op == scenario.OpSOError,
			ev.Op == scenario.OpPeek, ev.Op == scenario.OpDisconnect, ev.Op == scenario.OpWrite && ev.Fault != "":
			over[ev.Conn] = true
		}
	}
	return list
}

// foreseen is what the model says of a call when it has the segments alone that
// had been captured when it returned.
func foreseen(e analysis.Evidence, ev *scenario.Event) (list []scenario.Fault) {
	e.Events = nil
	e.Segments = slices.DeleteFunc(slices.Clone(e.Segments), func(s capture.Segment) bool {
		return s.Time.After(ev.End.Add(10 * time.Millisecond))
	})
	_, prospects := analysis.Foresee(e)
	for _, p := range prospects {
		if p.Addr != ev.Local || p.Peer != ev.Remote {
			continue
		}
		list = nil
		for _, r := range p.Of(ev.Op) {
			list = append(list, r.Fault)
		}
	}
	return list
}
