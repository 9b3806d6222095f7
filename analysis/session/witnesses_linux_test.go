package session

import (
	"net/netip"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// TestReasonsAreTheKernels: in every story, over both families, the reason that
// the model infers for an RST is the one that the kernel gives; and what the
// model says that no TCP sent, the kernel did not send.
func TestReasonsAreTheKernels(t *testing.T) {
	needSandbox(t)
	k := hear(t)
	s := open(t, Options{})
	total := 0
	for _, sc := range catalog.All() {
		for _, family := range both() {
			if err := k.forget(); err != nil {
				t.Fatal(err)
			}
			run, err := s.Perform(t.Context(), sc, Stage{Family: family})
			if err != nil {
				t.Errorf("%s over %s: %v", sc.Name, family, err)
				continue
			}
			said, err := k.heard()
			if err != nil {
				t.Fatal(err)
			}
			wrong, agreed := contradicts(said, run.Evidence.Segments, func(s *capture.Segment) []analysis.Reason {
				return run.Notes[s.ID].Reasons
			})
			for _, text := range wrong {
				t.Errorf("%s over %s: %s", sc.Name, family, text)
			}
			total += agreed
		}
	}
	t.Logf("%d RSTs, each for the reason that the kernel gives", total)
	if total == 0 {
		t.Error("no RST was compared")
	}
}

// TestContradicts: what the kernel says is held against what was inferred,
// whichever of the two says more.
func TestContradicts(t *testing.T) {
	at := time.Unix(1, 0)
	a, b := netip.MustParseAddrPort("127.0.0.1:1"), netip.MustParseAddrPort("127.0.0.1:2")
	rst := []capture.Segment{{ID: 1, Time: at, Src: a, Dst: b, Flags: capture.RST}}
	ack := []capture.Segment{{ID: 1, Time: at, Src: a, Dst: b, Flags: capture.ACK}}
	no := heard{at, a, b, analysis.NoSocket}
	for _, c := range []struct {
		name     string
		said     []heard
		segments []capture.Segment
		inferred []analysis.Reason
		wrong    int
	}{
		{"agree", []heard{no}, rst, []analysis.Reason{analysis.NoSocket}, 0},
		{"a listener tells no destination", []heard{{at, a, netip.MustParseAddrPort("0.0.0.0:0"), analysis.TCPFlags}}, rst, []analysis.Reason{analysis.TCPFlags}, 0},
		{"another reason", []heard{no}, rst, []analysis.Reason{analysis.TCPFlags}, 1},
		{"undecided", []heard{no}, rst, []analysis.Reason{analysis.NoSocket, analysis.TCPFlags}, 1},
		{"no reason", []heard{no}, rst, nil, 1},
		{"forged", nil, rst, nil, 0},
		{"not said", nil, rst, []analysis.Reason{analysis.NoSocket}, 1},
		{"not captured", []heard{no}, ack, nil, 1},
		{"another connection's", []heard{{at, a, a, analysis.NoSocket}}, ack, nil, 0},
		{"another time", []heard{{at.Add(time.Second), a, b, analysis.NoSocket}}, rst, []analysis.Reason{analysis.NoSocket}, 2},
	} {
		wrong, _ := contradicts(c.said, c.segments, func(*capture.Segment) []analysis.Reason { return c.inferred })
		if len(wrong) != c.wrong {
			t.Errorf("%s: %d differences, want %d: %q", c.name, len(wrong), c.wrong, wrong)
		}
	}
}
