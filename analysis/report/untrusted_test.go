package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// nasty are texts that a terminal would obey, or that hide what they say.
var nasty = []string{
	"\x1b[2J\x1b[31mred", "\x1b]0;title\x07", "\u009b31m", "bell\a", "back\b\b\bspace", "del\x7f",
	"\u202edesrever", "\u2066isolate\u2069", "\u200eLRM", "\u061cALM",
	"zero\u200bwidth", "\u200d", "\ufeffBOM", "soft\u00adhyphen", "\u2060word\u180ejoiner", "\U000e0041tag", "\u034f",
	"\ufe0f", "\u3164filler", "two\nlines", "cr\roverwrites", "tab\t", "\u2028\u2029", "nul\x00", "\xff\xfe", "\ue000private",
}

// spoilt is a run in which every text that comes from outside is text.
func spoilt(tb testing.TB, text string) *analysis.Run {
	tb.Helper()
	s := story{name: text, summary: text, text: aborted + "0.000250..0.000252 client read 16 = ECONNRESET\n" +
		"0.000260..0.000262 client write 1 = EPIPE\n0.000270..0.000280 client read 1 = ETIMEDOUT"}
	s.evidence = func(e *analysis.Evidence) {
		for i := range e.Events {
			ev := &e.Events[i]
			ev.Role = scenario.Role(text + string(ev.Role))
			if ev.Fault != "" {
				ev.Err = text
			}
		}
		last := &e.Events[len(e.Events)-1]
		last.Fault, last.Op = scenario.Fault(text), scenario.Op(text)
	}
	r := s.make(tb)
	r.Trouble, r.Differs, r.Family = text, text, scenario.Family(text)
	r.Platform = analysis.Platform{OS: text, Release: text}
	r.Capture.Interface, r.Capture.Backend = text, text
	return r
}

func TestUntrustedText(t *testing.T) {
	for _, text := range nasty {
		r := spoilt(t, text)
		for _, o := range []Options{{Width: 80}, {Width: 120, Verbose: true}, {Width: 100, ASCII: true, Verbose: true}, {Width: 200}, {Width: 60, States: true}} {
			out := everything(t, []*analysis.Run{r}, o)
			for i, c := range out {
				bad := c != '\n' && (!unicode.IsPrint(c) || unicode.In(c, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector))
				if bad {
					t.Errorf("%q, %+v: %U reaches the output: %.60q", text, o, c, out[max(0, i-20):])
					break
				}
			}
			check(t, fmt.Sprintf("%q", text), out, o)
		}
	}
	// In colour there are escape sequences: our own.
	for _, text := range nasty {
		out := everything(t, []*analysis.Run{spoilt(t, text)}, Options{Width: 80, Color: true})
		for _, piece := range strings.Split(out, "\x1b")[1:] {
			if rest := strings.TrimLeft(piece, "[0123456789;"); !strings.HasPrefix(rest, "m") || strings.HasPrefix(piece, "[31mred") {
				t.Errorf("%q: the sequence %.20q", text, piece)
			}
		}
	}
}

// TestUntrustedLines: as many lines as the same run with harmless words.
func TestUntrustedLines(t *testing.T) {
	lines := func(text string) int {
		return strings.Count(everything(t, []*analysis.Run{spoilt(t, text)}, Options{Width: 120}), "\n")
	}
	for _, text := range []string{"two\nlines", "cr\roverwrt", "a\u2028\u2029\u0085\vbcde"} {
		if got, want := lines(text), lines("two?lines"); got != want {
			t.Errorf("%q makes %d lines of %d", text, got, want)
		}
	}
}

// TestUntrustedJSON: what is not UTF-8 is replaced, all else comes back.
func TestUntrustedJSON(t *testing.T) {
	for _, text := range nasty {
		var b bytes.Buffer
		if err := JSON(&b, []*analysis.Run{spoilt(t, text)}); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsFunc(b.String(), func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r < 0x7f }) {
			t.Errorf("%q: control characters in the document", text)
		}
		var doc document
		if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		want := strings.ToValidUTF8(text, "\uFFFD")
		if text == "\xff\xfe" {
			want = "\uFFFD\uFFFD" // one for each octet
		}
		run := doc.Runs[0]
		last := run.Events[len(run.Events)-1]
		for name, got := range map[string]string{"scenario": run.Scenario, "trouble": run.Trouble, "error": last.Error,
			"fault": last.Fault, "role": strings.TrimSuffix(last.Role, "client"), "interface": run.Capture.Interface} {
			if got != want {
				t.Errorf("%s: %q came back as %q", name, text, got)
			}
		}
	}
}

// TestUntrustedTextOnTerminalAsJSON: the document has the text whole, and nothing that a
// terminal would obey.
func TestUntrustedTextOnTerminalAsJSON(t *testing.T) {
	for _, text := range nasty {
		var b bytes.Buffer
		if err := JSON(&b, []*analysis.Run{spoilt(t, text)}); err != nil {
			t.Fatal(err)
		}
		for _, c := range b.String() {
			if c != '\n' && harmful(c) {
				t.Errorf("%q: %U reaches the output", text, c)
				break
			}
		}
		var doc struct{ Runs []struct{ Scenario string } }
		if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		if want := string([]rune(text)); doc.Runs[0].Scenario != want {
			t.Errorf("%q comes back as %q", text, doc.Runs[0].Scenario)
		}
	}
}
