package experiment

import (
	"os"
	"slices"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/session"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
	"github.com/rstwatch/rstwatch/scenario/lab"
	"github.com/rstwatch/rstwatch/scenario/sandbox/sandboxtest"
)

func TestMain(m *testing.M) {
	if lab.Hook() {
		return
	}
	os.Exit(sandboxtest.Main(m))
}

// every asks for all scenarios; otherwise a few stand for them.
const everyScenario = "RSTWATCH_PROVE_ALL"

var few = []string{"reset-on-read", "broken-pipe", "connection-refused"}

func chosen(t *testing.T) (list []*scenario.Scenario) {
	t.Helper()
	if missing := sandboxtest.Missing(); missing != "" {
		t.Skip("needs ", missing)
	}
	for _, sc := range catalog.All() {
		if os.Getenv(everyScenario) != "" || slices.Contains(few, sc.Name) {
			list = append(list, sc)
		}
	}
	return list
}

// besides is a story before which another connection is reset.
func besides(sc *scenario.Scenario) *scenario.Scenario {
	both := *sc
	both.Play = func(s *scenario.Stage) {
		client, server := s.Connect()
		client.Write("a")
		server.Read(1)
		client.Write("b")
		server.Read(1)
		server.SetLinger(0)
		server.Close()
		client.AwaitHangup()
		client.Read(1)
		client.Close()
		s.CloseListener()
		sc.Play(s)
	}
	return &both
}

// decoys is how many calls besides makes before the story's own first one.
func decoys(r *analysis.Run) int {
	for _, e := range r.Evidence.Events {
		if e.Role == scenario.Server && e.Op == scenario.OpClose && !e.Remote.IsValid() {
			return e.ID
		}
	}
	return 0
}

func open(t *testing.T) *session.Session {
	t.Helper()
	s, err := session.Open(t.Context(), session.Options{Families: []scenario.Family{scenario.IPv4}, Ports: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// wrong are explanations of the call of a verdict that can not be right.
func wrong(r *analysis.Run, v *analysis.Verdict) map[string]analysis.Verdict {
	claims := make(map[string]analysis.Verdict)
	first := decoys(r)
	blame := func(name string, s *capture.Segment, e *scenario.Event) {
		if s == nil || e == nil {
			return
		}
		cause := analysis.Link{Segment: s.ID}
		claims[name] = analysis.Verdict{Event: e.ID, Fault: e.Fault, Predicted: []scenario.Fault{e.Fault}, Cause: cause,
			Chain: []analysis.Link{cause, {Event: e.ID}}}
	}
	e := r.Event(v.Event)
	var ack, other, right *capture.Segment
	for i := range r.Evidence.Segments {
		s := &r.Evidence.Segments[i]
		switch early := s.Time.Before(r.Event(first).Start); {
		case s.ICMP.Is():
		case early && s.Flags.Has(capture.RST):
			other = s
		case s.Flags == capture.ACK && s.Len == 0 && (ack == nil || !early && s.Dst == e.Local && s.Time.Before(e.End) && !member(v, s) && settled(r, s)):
			if early && !settled(r, s) {
				continue
			}
			ack = s
		}
		if s.ID == v.Cause.Segment {
			right = s
		}
	}
	blame("an unrelated ACK", ack, e)
	blame("another connection's RST", other, e)
	if right == nil {
		return claims
	}
	for i := range r.Evidence.Events {
		o := &r.Evidence.Events[i]
		if o.ID > first && !o.End.IsZero() && o.End.Before(right.Time) && o.Op != scenario.OpPoll && o.Op != scenario.OpGone {
			blame("the right segment for the wrong call", right, o)
		}
	}
	return claims
}

// settled reports whether a segment was sent when its connection stood.
func settled(r *analysis.Run, s *capture.Segment) bool {
	return slices.ContainsFunc(r.Evidence.Events, func(e scenario.Event) bool {
		return e.Op == scenario.OpAccept && e.End.Before(s.Time) && (e.Local == s.Src && e.Remote == s.Dst || e.Local == s.Dst && e.Remote == s.Src)
	})
}

func member(v *analysis.Verdict, s *capture.Segment) bool {
	return slices.ContainsFunc(v.Chain, func(l analysis.Link) bool { return l.Segment == s.ID })
}

// tries is how often a claim is tried before its finding counts: a machine that
// stalls for longer than a bound makes a finding of its own.
const tries = 3

// shown tries a claim until its proof is as it should be, and returns the last
// proof.
func (b *Bench) shown(t *testing.T, r *analysis.Run, claim analysis.Verdict, should func(*analysis.Proof) bool) (p *analysis.Proof) {
	t.Helper()
	for range tries {
		proofs, err := b.Try(t.Context(), r, []analysis.Verdict{claim})
		if err != nil {
			t.Fatal(err)
		}
		if p = proofs[0]; should(p) {
			break
		}
	}
	return p
}

// TestHonest: explanations that are wrong on purpose are refuted, and the right
// ones of the few are proven.
func TestHonest(t *testing.T) {
	for _, sc := range chosen(t) {
		t.Run(sc.Name, func(t *testing.T) {
			s, story := open(t), besides(sc)
			r, err := s.Perform(t.Context(), story, session.Stage{Family: scenario.IPv4})
			if err != nil {
				t.Fatal(err)
			}
			bench := &Bench{Session: s, Scenario: story, Family: scenario.IPv4, Hasty: true}
			known := slices.Contains(few, sc.Name)
			first, tried := decoys(r), 0
			for i := range r.Verdicts {
				v := &r.Verdicts[i]
				if v.Event <= first || r.Event(v.Event).Op.Library() {
					continue
				}
				for name, claim := range wrong(r, v) {
					tried++
					if p := bench.shown(t, r, claim, (*analysis.Proof).Refuted); !p.Refuted() {
						t.Errorf("%s is not refuted: %+v\nchain %+v", name, *p, claim.Chain)
					}
				}
				if !known {
					continue
				}
				tried++
				if p := bench.shown(t, r, *v, (*analysis.Proof).Whole); !p.Whole() {
					t.Errorf("the right explanation is not proven: %+v\nchain %+v", *p, v.Chain)
				}
			}
			if known && tried < 2 {
				t.Errorf("%d explanations were tried", tried)
			}
		})
	}
}
