package session

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// TestWitnesses holds the model against two witnesses that it was not made
// from, in every story. The kernel: the reason that is inferred for an RST is
// the one that it gives, and what the model says that no TCP sent, it did not
// send. And IPv6: it gives the verdicts that IPv4 gives, one by one, unless the
// catalogue says otherwise, or that the story is a race.
func TestWitnesses(t *testing.T) {
	s := open(t, Options{})
	k, missing := mayHear(t)
	var differs, contradicted []string
	verdicts, resets := 0, 0
	for _, sc := range catalog.All() {
		if sc.Slow && testing.Short() {
			continue
		}
		var said [2][]string
		for i, family := range both() {
			run, wrong, agreed := decidedPerform(t, s, k, sc, family)
			for _, text := range wrong {
				contradicted = append(contradicted, fmt.Sprintf("%s over %s: %s", sc.Name, family, text))
			}
			said[i] = sayings(run)
			resets += agreed
		}
		race := slices.ContainsFunc(sc.Expect["linux"], func(r scenario.Result) bool { return r.Or != "" })
		if sc.Expect6 == nil && !race {
			verdicts += len(said[0])
			if !slices.Equal(said[0], said[1]) {
				differs = append(differs, fmt.Sprintf("%s: over IPv4\n%q\nover IPv6\n%q", sc.Name, said[0], said[1]))
			}
		}
	}
	t.Run("kernel", func(t *testing.T) {
		if missing != "" {
			t.Skip("needs " + missing)
		}
		report(t, resets, "RSTs, each for the reason that the kernel gives", contradicted)
	})
	t.Run("families", func(t *testing.T) {
		report(t, verdicts, "verdicts, each the same over IPv6", differs)
	})
}

// report prints what differs, and how much was compared.
func report(t *testing.T, n int, of string, differs []string) {
	t.Helper()
	for _, text := range differs {
		t.Error(text)
	}
	t.Log(n, of)
	if n == 0 {
		t.Error("nothing was compared")
	}
}

// heardPerform performs a story and compares its RSTs with what the kernel
// says of them, unless k is nil.
func heardPerform(t *testing.T, s *Session, k *tracer, sc *scenario.Scenario, family scenario.Family) (run *analysis.Run, wrong []string, agreed int) {
	t.Helper()
	if k != nil {
		if err := k.forget(); err != nil {
			t.Fatal(err)
		}
	}
	run, err := s.Perform(t.Context(), sc, Stage{Family: family})
	if err != nil {
		t.Fatalf("%s over %s: %v", sc.Name, family, err)
	}
	if k == nil {
		return run, nil, 0
	}
	said, err := k.heard()
	if err != nil {
		t.Fatal(err)
	}
	wrong, agreed = contradicts(said, run.Evidence.Segments, func(s *capture.Segment) []analysis.Reason {
		return run.Notes[s.ID].Reasons
	}, func(s *capture.Segment) bool { return undecided(run.Evidence, s) })
	return run, wrong, agreed
}

// decidedPerform performs a story until nothing is left open: on a machine that is
// busy, a FIN is now and then acknowledged before the close that sent it is over.
func decidedPerform(t *testing.T, s *Session, k *tracer, sc *scenario.Scenario, family scenario.Family) (run *analysis.Run, wrong []string, agreed int) {
	t.Helper()
	const times = 10
	for range times {
		run, wrong, agreed = heardPerform(t, s, k, sc, family)
		if len(wrong) > 0 || !severalReasons(run) {
			return run, wrong, agreed
		}
	}
	return run, append(wrong, fmt.Sprintf("an RST has had several reasons %d times", times)), agreed
}

// sayings returns what a run's verdicts say, but for numbers and addresses, in
// an order that does not depend on which of two calls at once was first.
func sayings(run *analysis.Run) []string {
	var list []string
	for _, v := range run.Verdicts {
		ev := run.Event(v.Event)
		list = append(list, fmt.Sprintf("%s %s = %s: %s by %s %s, %q, chain of %d, elsewhere %s by %s",
			ev.Role, ev.Op, v.Fault, v.Outcome, v.Rule, v.Source, v.Inferred, len(v.Chain), v.Elsewhere.Fault, v.Elsewhere.Rule))
	}
	slices.Sort(list)
	return list
}

// TestContradictsInAnyOrder: an RST that answers what an abort has provoked is
// told of before that abort is.
func TestContradictsInAnyOrder(t *testing.T) {
	at := time.Unix(1, 0)
	a, b := netip.MustParseAddrPort("127.0.0.1:1"), netip.MustParseAddrPort("127.0.0.1:2")
	segments := []capture.Segment{
		{ID: 1, Time: at, Src: a, Dst: b, Flags: capture.RST | capture.ACK, Seq: 5, Ack: 9},
		{ID: 2, Time: at, Src: a, Dst: b, Flags: capture.RST, Seq: 5},
	}
	said := []heard{{at, a, b, analysis.NoSocket, true}, {at, a, b, analysis.AbortOnClose, false}}
	inferred := func(s *capture.Segment) []analysis.Reason {
		return []analysis.Reason{said[2-s.ID].reason}
	}
	if wrong, agreed := contradicts(said, segments, inferred, decided); len(wrong) > 0 || agreed != 2 {
		t.Errorf("%d agree; %q", agreed, wrong)
	}
	if wrong, _ := contradicts(said[:1], segments[:1], inferred, decided); len(wrong) != 2 {
		t.Errorf("an answer was taken for an abort: %q", wrong)
	}
}

// TestContradicts: what the kernel says is held against what was inferred,
// whichever of the two says more.
func TestContradicts(t *testing.T) {
	at := time.Unix(1, 0)
	a, b := netip.MustParseAddrPort("127.0.0.1:1"), netip.MustParseAddrPort("127.0.0.1:2")
	rst := []capture.Segment{{ID: 1, Time: at, Src: a, Dst: b, Flags: capture.RST}}
	ack := []capture.Segment{{ID: 1, Time: at, Src: a, Dst: b, Flags: capture.ACK}}
	no := heard{at, a, b, analysis.NoSocket, true}
	undecided := func(*capture.Segment) []analysis.Reason {
		return []analysis.Reason{analysis.NoSocket, analysis.TCPFlags}
	}
	always := func(*capture.Segment) bool { return true }
	if wrong, agreed := contradicts([]heard{no}, rst, undecided, always); len(wrong) > 0 || agreed != 1 {
		t.Errorf("open: %q", wrong)
	}
	if wrong, _ := contradicts([]heard{{at, a, b, analysis.AbortOnData, true}}, rst, undecided, always); len(wrong) != 1 {
		t.Errorf("open, and the kernel says something else: %q", wrong)
	}
	for _, c := range []struct {
		name     string
		said     []heard
		segments []capture.Segment
		inferred []analysis.Reason
		wrong    int
	}{
		{"agree", []heard{no}, rst, []analysis.Reason{analysis.NoSocket}, 0},
		{"a listener tells no destination", []heard{{at, a, netip.MustParseAddrPort("0.0.0.0:0"), analysis.TCPFlags, true}}, rst, []analysis.Reason{analysis.TCPFlags}, 0},
		{"another namespace's listener tells none either", []heard{{at.Add(-44 * time.Millisecond), a, netip.MustParseAddrPort("0.0.0.0:0"), analysis.TCPFlags, true}, no},
			rst, []analysis.Reason{analysis.NoSocket}, 0},
		{"another reason", []heard{no}, rst, []analysis.Reason{analysis.TCPFlags}, 1},
		{"undecided", []heard{no}, rst, []analysis.Reason{analysis.NoSocket, analysis.TCPFlags}, 1},
		{"no reason", []heard{no}, rst, nil, 1},
		{"forged", nil, rst, nil, 0},
		{"not said", nil, rst, []analysis.Reason{analysis.NoSocket}, 1},
		{"not captured", []heard{no}, ack, nil, 1},
		{"another connection's", []heard{{at, a, a, analysis.NoSocket, true}}, ack, nil, 0},
		{"another time", []heard{{at.Add(time.Second), a, b, analysis.NoSocket, true}}, rst, []analysis.Reason{analysis.NoSocket}, 2},
	} {
		wrong, _ := contradicts(c.said, c.segments, func(*capture.Segment) []analysis.Reason { return c.inferred }, decided)
		if len(wrong) != c.wrong {
			t.Errorf("%s: %d differences, want %d: %q", c.name, len(wrong), c.wrong, wrong)
		}
	}
}
