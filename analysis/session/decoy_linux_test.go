package session

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// decoy is an RST that looks like the cause of an error and is not.
type decoy struct {
	name   string
	forge  func(last *capture.Segment) forged // last is what the server sent last
	ours   bool                               // it belongs to the connection, and so to the recording
	unseen bool                               // not even the capture's filter lets it pass
	effect string                             // the rule that must have applied to it
	answer bool                               // the client answers it with a challenge ACK (RFC 5961 §3.2)
}

// rst is an RST from the server whose number lies so far after the exact one.
func rst(off int) func(*capture.Segment) forged {
	return func(last *capture.Segment) forged {
		return forged{src: last.Src, dst: last.Dst, flags: capture.RST | capture.ACK, seq: last.End().Add(off), ack: last.Ack}
	}
}

func decoys() []decoy {
	return []decoy{
		{name: "of another connection, between other ports", unseen: true, forge: func(last *capture.Segment) forged {
			f := rst(0)(last)
			f.src = netip.AddrPortFrom(f.src.Addr(), 7)
			return f
		}},
		{name: "of another connection to the same port", forge: func(last *capture.Segment) forged {
			f := rst(0)(last)
			f.dst = netip.AddrPortFrom(f.dst.Addr(), f.dst.Port()^1)
			return f
		}},
		{name: "in the window, not exact", forge: rst(7), ours: true, effect: "rst-not-exact", answer: true},
		{name: "beyond the window", forge: rst(1 << 28), ours: true, effect: "rst-out-of-window"},
		{name: "before the window", forge: rst(-1000), ours: true, effect: "rst-out-of-window"},
	}
}

// TestDecoys slips a false RST in right before the real one.
func TestDecoys(t *testing.T) {
	s := open(t, Options{})
	in := newInjector(t)
	for _, name := range []string{"reset-on-read", "reset-on-write"} {
		original, ok := catalog.Find(name)
		if !ok {
			t.Fatal("no story " + name)
		}
		for _, family := range both() {
			for _, d := range decoys() {
				t.Run(fmt.Sprintf("%s/%s/%s", name, family, d.name), func(t *testing.T) {
					var sent forged
					sc := withDecoy(t, original, s, in, d, &sent)
					run, err := s.Perform(t.Context(), sc, Stage{Family: family})
					if err != nil {
						t.Fatal(err)
					}
					checkDecoy(t, run, d, sent)
				})
			}
		}
	}
}

// withDecoy is the story of original with a decoy before the server's close.
func withDecoy(t *testing.T, original *scenario.Scenario, s *Session, in *injector, d decoy, sent *forged) *scenario.Scenario {
	sc := *original
	sc.Play = func(stage *scenario.Stage) {
		client, server := stage.Connect()
		client.Write("ab")
		server.Read(1)
		// The acknowledgement of "ab" tells addresses and numbers.
		var last capture.Segment
		err := s.tap.await(t.Context(), func(seg *capture.Segment) bool {
			last = *seg
			return seg.Flags == capture.ACK && seg.Src.Port() == s.ports.Numbers()[0]
		})
		if err != nil {
			t.Error(err)
			return
		}
		*sent = d.forge(&last)
		if err := in.send(*sent); err != nil {
			t.Error(err)
		}
		if !d.unseen {
			if err := s.tap.await(t.Context(), sent.is); err != nil {
				t.Error(err)
			}
		}
		server.Close()
		client.AwaitHangup()
		if original.Name == "reset-on-read" {
			client.Read(16)
		} else {
			client.Write("b")
			client.Write("c")
		}
		client.Close()
	}
	return &sc
}

// is reports whether s is the forged segment.
func (f forged) is(s *capture.Segment) bool {
	return s.Src == f.src && s.Dst == f.dst && s.Seq == f.seq && s.Flags == f.flags
}

func checkDecoy(t *testing.T, r *analysis.Run, d decoy, sent forged) {
	t.Helper()
	if r.Result() != analysis.Explained.String() || r.Differs != "" {
		t.Errorf("%s, differs %q", r.Result(), r.Differs)
	}
	kept := 0
	for i := range r.Evidence.Segments {
		seg := &r.Evidence.Segments[i]
		if !sent.is(seg) {
			continue
		}
		kept = seg.ID
		n := r.Notes[seg.ID]
		if n.Decisive || len(n.Reasons) > 0 || n.From != (analysis.Link{}) {
			t.Errorf("the decoy #%d is taken for the server's: %+v", seg.ID, n)
		}
		if len(n.Rules) == 0 || n.Rules[len(n.Rules)-1] != d.effect {
			t.Errorf("rules %v applied to the decoy, want %s", n.Rules, d.effect)
		}
	}
	answered := slices.ContainsFunc(r.Evidence.Segments, func(seg capture.Segment) bool {
		return kept != 0 && seg.Flags == capture.ACK && r.Notes[seg.ID].From.Segment == kept
	})
	if answered != d.answer {
		t.Errorf("a challenge ACK to the decoy: %v, want %v", answered, d.answer)
	}
	if (kept != 0) != d.ours {
		t.Errorf("the decoy is in the recording: %v, want %v", kept != 0, d.ours)
	}
	if len(r.Verdicts) == 0 {
		t.Fatal("no verdict")
	}
	for _, v := range r.Verdicts {
		cause := r.Segment(v.Cause.Segment)
		if cause == nil || cause.ID == kept || !cause.Flags.Has(capture.RST|capture.ACK) {
			t.Fatalf("call %d blames %+v", v.Event, cause)
		}
		from := r.Event(r.Notes[cause.ID].From.Event)
		if from == nil || from.Op != scenario.OpClose || from.Role != scenario.Server {
			t.Errorf("call %d blames #%d, which %+v emitted, not the server's close", v.Event, cause.ID, from)
		}
		if len(v.Inferred) != 1 || v.Inferred[0] != analysis.AbortOnClose {
			t.Errorf("call %d: reasons %v", v.Event, v.Inferred)
		}
	}
}
