package scene

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/trace/tracetest"
)

// aborted is a server that closes with octets unread while the client waits.
const aborted = `epoch 2026-01-02T03:04:05Z
0.000000..0.000001 server listen
0.000010..0.000100 client dial
0.000110..0.000120 server accept
0.000200..0.000202 client write 5
0.000201 client > server PSH,ACK len 5
0.000300..0.000302 server read 2 = 2
0.000400..0.000900 client read 16 = ECONNRESET
0.000500..0.000510 server close
0.000505 server > client RST,ACK
0.000950..0.000960 client write 5 = EPIPE
`

func runOf(t *testing.T, text string) *analysis.Run {
	t.Helper()
	r := tracetest.Run(t, text)
	if r.Evidence.Model == nil {
		r.Evidence.Model = analysis.Linux()
	}
	return r
}

// told is a ladder as text, a step a line.
func told(l *Ladder) string {
	var b strings.Builder
	for i := range l.Steps {
		st := &l.Steps[i]
		if st.Segment != nil {
			fmt.Fprintf(&b, "%s %s: #%d %s %d %d\n", l.Names[st.Edge], st.Kind, st.Segment.ID, st.Segment.Flags, st.Seq, st.Ack)
		} else {
			fmt.Fprintf(&b, "%s %s: %s\n", l.Names[st.Edge], st.Kind, Title(st.Call))
		}
	}
	return b.String()
}

// TestSteps: a call that waits has a beginning and an end, one that sends stands
// before what it sends, and the listener's upkeep is left out.
func TestSteps(t *testing.T) {
	s := Of(runOf(t, aborted))
	want := `client begins: client dial → ok
client segment: #1 SYN 0 0
server segment: #2 SYN,ACK 0 1
client segment: #3 ACK 1 1
client ends: client dial → ok
server whole: server accept → ok
client whole: client write 5 bytes
client segment: #4 PSH,ACK 1 1
server whole: server read → 2 bytes
client begins: client read ✗ ECONNRESET
server whole: server close
server segment: #5 RST,ACK 1 6
client ends: client read ✗ ECONNRESET
client whole: client write ✗ EPIPE
`
	if diff := cmp.Diff(want, told(&s.Ladders[0])); diff != "" {
		t.Error(diff)
	}
	if all := All(s.Run); len(all.Ladders[0].Steps) != len(s.Ladders[0].Steps)+1 {
		t.Errorf("with every call there are %d steps, want the listen besides", len(all.Ladders[0].Steps))
	}
}

// TestCauses: what made a segment leave, what failed a call, and what brought
// the octets that a read returned; and the same the other way round.
func TestCauses(t *testing.T) {
	r := runOf(t, aborted)
	s := Of(r)
	call := func(title string) Item {
		for i := range r.Evidence.Events {
			if Title(&r.Evidence.Events[i]) == title {
				return Item{Event: r.Evidence.Events[i].ID}
			}
		}
		t.Fatalf("no call is %q", title)
		return Item{}
	}
	for _, c := range []struct {
		of   Item
		want []Item
	}{
		{Item{Segment: 1}, []Item{call("client dial → ok")}},
		{Item{Segment: 2}, []Item{{Segment: 1}}},
		{Item{Segment: 4}, []Item{call("client write 5 bytes")}},
		{call("server read → 2 bytes"), []Item{{Segment: 4}}},
		{Item{Segment: 5}, []Item{call("server close")}},
		{call("client read ✗ ECONNRESET"), []Item{{Segment: 5}}},
		{call("client write ✗ EPIPE"), []Item{{Segment: 5}, call("client read ✗ ECONNRESET")}},
	} {
		if diff := cmp.Diff(c.want, s.Causes(c.of)); diff != "" {
			t.Errorf("%v: %s", c.of, diff)
		}
		for _, cause := range c.want {
			if !contains(s.Effects(cause), c.of) {
				t.Errorf("%v is no effect of %v", c.of, cause)
			}
		}
	}
	read := call("client read ✗ ECONNRESET")
	want := []Item{call("client write 5 bytes"), {Segment: 4}, call("server close"), {Segment: 5}, read}
	if diff := cmp.Diff(want, s.Chain(read.Event)); diff != "" {
		t.Error(diff)
	}
	if s.Chain(call("client dial → ok").Event) != nil {
		t.Error("a call that succeeded has a chain")
	}
}

func contains(list []Item, i Item) bool {
	for _, o := range list {
		if o == i {
			return true
		}
	}
	return false
}

// TestSentences: a verdict has all its words, and in brief those that no earlier
// one has said.
func TestSentences(t *testing.T) {
	r := runOf(t, aborted)
	s := Of(r)
	if len(r.Verdicts) != 2 {
		t.Fatalf("%d verdicts, want 2", len(r.Verdicts))
	}
	first, second := s.Sentences(&r.Verdicts[0]), s.Sentences(&r.Verdicts[1])
	if first.Call != "client read ✗ ECONNRESET" || first.Meaning != "connection reset by peer" || first.Test != "errors.Is(err, syscall.ECONNRESET)" {
		t.Errorf("%+v", first)
	}
	theirs := *r
	theirs.Witness = "ptrace"
	if got := Of(&theirs).Sentences(&r.Verdicts[0]).Test; got != "errno == ECONNRESET" {
		t.Errorf("of a program in any language: %q", got)
	}
	var labels []string
	for _, l := range first.Lines {
		labels = append(labels, l.Label)
	}
	if got := strings.Join(labels, " "); got != "because because reason next macOS" {
		t.Errorf("the first says %s", got)
	}
	if diff := cmp.Diff(first, s.Brief(&r.Verdicts[0])); diff != "" {
		t.Errorf("nothing was said before: %s", diff)
	}
	brief := s.Brief(&r.Verdicts[1])
	if len(brief.Lines) >= len(second.Lines) {
		t.Errorf("brief %+v is no shorter than %+v", brief.Lines, second.Lines)
	}
	for _, l := range brief.Lines {
		for _, earlier := range first.Lines {
			if l.Label == "because" && l == earlier {
				t.Errorf("said again: %+v", l)
			}
		}
	}
}
