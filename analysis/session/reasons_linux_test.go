package session

import (
	"slices"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/kernel/probe"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// TestReasonHeard: in every story, each RST whose reason the model infers is one
// that the kernel gives the same reason for, and none is left unheard.
func TestReasonHeard(t *testing.T) {
	t.Run("ebpf", func(t *testing.T) { reasonsHeard(t, open(t, Options{Kernel: borrow(t)})) })
	t.Run("tracefs", func(t *testing.T) {
		p, err := probe.Open(probe.Options{Backend: "tracefs"})
		if err != nil {
			t.Skipf("needs root on the host, for tracefs: %v", err)
		}
		reasonsHeard(t, open(t, Options{Kernel: p}))
	})
}

func reasonsHeard(t *testing.T, s *Session) {
	if !s.kernel.Offer().Reasons {
		t.Skip("needs a kernel that gives the reason of an RST: 6.10 or later")
	}
	resets, verdicts := 0, 0
	for _, sc := range catalog.All() {
		if sc.Slow && testing.Short() {
			continue
		}
		for _, family := range both() {
			run, err := s.Perform(t.Context(), sc, Stage{Family: family})
			if err != nil {
				t.Fatalf("%s over %s: %v", sc.Name, family, err)
			}
			for i := range run.Evidence.Segments {
				seg := &run.Evidence.Segments[i]
				n := run.Notes[seg.ID]
				if !seg.Flags.Has(capture.RST) || seg.ICMP.Is() || len(n.Reasons) == 0 {
					continue
				}
				resets++
				if !slices.Contains(n.Reasons, n.Heard) {
					t.Errorf("%s over %s: #%d: inferred %q, heard %q", sc.Name, family, seg.ID, n.Reasons, n.Heard)
				}
			}
			for _, v := range run.Verdicts {
				if v.Heard != "" {
					verdicts++
				}
				if v.Outcome == analysis.Unexplained {
					t.Errorf("%s over %s: %s", sc.Name, family, v.Because)
				}
			}
		}
	}
	t.Log(resets, "RSTs and", verdicts, "verdicts with the kernel's own reason")
	if resets == 0 || verdicts == 0 {
		t.Error("nothing was compared")
	}
}
