package session

import (
	"slices"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/kernel"
	"github.com/rstwatch/rstwatch/capture/kernel/probe"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// TestReasonHeard: in every story, each RST whose reason the model infers is one
// that the kernel gives the same reason for, and none is left unheard. What is
// made of an older kernel's stack may leave more than one open, and is never
// another.
func TestReasonHeard(t *testing.T) {
	t.Run("ebpf", func(t *testing.T) { reasonsHeard(t, borrow(t, 0), !testing.Short()) })
	t.Run("older kernel", func(t *testing.T) { reasonsHeard(t, borrow(t, 1), false) })
	t.Run("tracefs", func(t *testing.T) {
		p, err := probe.Open(probe.Options{Backend: "tracefs"})
		if err != nil {
			t.Skipf("needs root on the host, for tracefs: %v", err)
		}
		reasonsHeard(t, p, false)
	})
}

// heardWhole performs a story until none of the kernel's signals is lost: tracefs
// tells of the whole machine, and what others do may be too much for it.
func heardWhole(t *testing.T, s *Session, sc *scenario.Scenario, family scenario.Family) *analysis.Run {
	t.Helper()
	const times = 10
	for n := 1; ; n++ {
		run, err := s.Perform(t.Context(), sc, Stage{Family: family})
		if err != nil {
			t.Fatalf("%s over %s: %v", sc.Name, family, err)
		}
		if run.Evidence.Hearing.Lost == 0 || n == times {
			return run
		}
	}
}

// reasonsHeard performs the stories, also the slow ones if they are asked for:
// once is enough for what takes half a minute.
func reasonsHeard(t *testing.T, p *probe.Probe, slow bool) {
	s := open(t, Options{Kernel: p})
	offer := p.Offer()
	if !offer.Reasons && !offer.Stacks {
		t.Skipf("needs a kernel that gives the reason of an RST, 6.10 or later, or its symbols: %s", offer.Without())
	}
	resets, verdicts, open := 0, 0, 0
	for _, sc := range catalog.All() {
		if sc.Slow && !slow {
			continue
		}
		for _, family := range both() {
			run := heardWhole(t, s, sc, family)
			if h := run.Evidence.Hearing; h.Backend != offer.Backend || h.Lost > 0 || !h.From.Before(h.To) {
				t.Errorf("%s over %s: it was heard so: %+v", sc.Name, family, h)
			}
			for i := range run.Evidence.Segments {
				seg := &run.Evidence.Segments[i]
				n := run.Notes[seg.ID]
				if !seg.Flags.Has(capture.RST) || seg.ICMP.Is() || len(n.Reasons) == 0 {
					continue
				}
				resets++
				if len(n.Heard) > 1 {
					open++
				}
				if !slices.ContainsFunc(n.Heard, func(r analysis.Reason) bool { return slices.Contains(n.Reasons, r) }) || len(n.Heard) > 1 && offer.Reasons {
					t.Errorf("%s over %s: #%d: inferred %q, heard %q, unheard %q", sc.Name, family, seg.ID, n.Reasons, n.Heard, n.Unheard)
				}
			}
			for _, v := range run.Verdicts {
				if len(v.Heard) > 0 {
					verdicts++
				}
			}
			if run.Outcome == analysis.Unexplained {
				t.Errorf("%s over %s: %+v, %+v", sc.Name, family, run.Findings, run.Verdicts)
			}
			if offer.Reasons && slices.ContainsFunc(run.Evidence.Signals, func(s kernel.Signal) bool { return len(s.Stack) > 0 }) {
				t.Errorf("%s over %s: a stack beside a reason", sc.Name, family)
			}
			readBack(t, run)
		}
	}
	t.Log(resets, "RSTs, of", open, "of them several reasons are left open;", verdicts, "verdicts with the kernel's own reason")
	if resets == 0 || verdicts == 0 {
		t.Error("nothing was compared")
	}
}
