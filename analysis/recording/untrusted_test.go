package recording_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// nasty are texts that a program or a peer could hand us, to say what we did
// not.
var nasty = []string{
	"two\nlines",
	"x\nRSTWATCH_FAULT=forged\nMESSAGE=forged\nRSTWATCH_KIND=run",
	"x\r\nRSTWATCH_ID=9",
	`"quoted"`, `"`, `"half`, `\n`, `"\n"`, "`back`", "'single'",
	"\x1b[2J\x1b]0;title\a", "\u0085next\u2028line",
	"\xff\xfe not UTF-8", "cut \xe2\x82", "\xc0\x80",
	"nul\x00inside", "\x00", "tab\tinside",
	"RSTWATCH_FAULT=forged", "=", "a=b=c",
	"right \u202eto left", "zero\u200bwidth", " spaces ", strings.Repeat("long ", 40000),
}

// spoilt is a run in which every text that comes from outside is text.
func spoilt(tb testing.TB, text string) *analysis.Run {
	r := fromText(tb, 1, text, resetOnRead, scenario.IPv4)
	r.Summary, r.Capture.Interface, r.Capture.Backend, r.Platform.Release = text, text, text, text
	for i := range r.Evidence.Events {
		ev := &r.Evidence.Events[i]
		if ev.Role == scenario.Client {
			ev.Role = scenario.Role(text)
		}
		if ev.Fault != "" {
			ev.Err = text
		}
		if text != "" && !ev.End.IsZero() {
			ev.State, ev.StateAt = text, ev.End
		}
	}
	r.Evidence.Events[2].Op = scenario.Op(text)
	r.Evidence.Events[len(r.Evidence.Events)-1].Fault = scenario.Fault(text)
	r.Explanation = analysis.Explain(r.Evidence)
	return r
}

func TestUntrustedTextComesBack(t *testing.T) {
	for _, text := range nasty {
		r := spoilt(t, text)
		if d := cmp.Diff([]*analysis.Run{r}, read(t, write(t, r)), same()); d != "" {
			t.Errorf("%.40q (-written +read)\n%.2000s", text, d)
		}
	}
}

// TestUntrustedTextForgesNothing: a reader that takes each line of an entry for
// a field finds those of an innocent run, once each, and no control character.
func TestUntrustedTextForgesNothing(t *testing.T) {
	names := func(b []byte) (entries [][]string) {
		for _, body := range walk(t, b)[9] {
			var list []string
			for line := range strings.Lines(strings.TrimRight(string(body), "\x00")) {
				name, _, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
				if !ok {
					t.Errorf("a line that is no field: %.60q", line)
				}
				if strings.ContainsFunc(strings.TrimSuffix(line, "\n"), unicode.IsControl) {
					t.Errorf("control characters in %.60q", line)
				}
				list = append(list, name)
			}
			entries = append(entries, list)
		}
		return entries
	}
	want := names(write(t, spoilt(t, "harmless")))
	for _, text := range nasty {
		if d := cmp.Diff(want, names(write(t, spoilt(t, text)))); d != "" {
			t.Errorf("%.40q: fields (-innocent +got)\n%s", text, d)
		}
	}
}

// TestUntrustedTextInWireshark: there is one MESSAGE an entry, and no field that
// a text made up.
func TestUntrustedTextInWireshark(t *testing.T) {
	for _, text := range []string{nasty[0], nasty[1], nasty[2], "\xff\nMESSAGE=forged", "\x1b[2J"} {
		r := spoilt(t, text)
		out := tshark(t, write(t, r), "-Y", "systemd_journal", "-T", "fields", "-E", "separator=|", "-E", "occurrence=a",
			"-E", "aggregator=~", "-e", "systemd_journal.message", "-e", "systemd_journal.field")
		entries := 0
		for line := range strings.Lines(out) {
			message, _, _ := strings.Cut(line, "|")
			if strings.Contains(message, "~") || strings.HasPrefix(message, "forged") {
				t.Errorf("%q: the message is %q", text, message)
			}
			for _, f := range strings.Split(strings.TrimSpace(line), "~") {
				if strings.HasPrefix(f, "RSTWATCH_FAULT=forged") || strings.HasPrefix(f, "RSTWATCH_ID=9") {
					t.Errorf("%q: tshark finds %q", text, f)
				}
			}
			entries++
		}
		if want := len(walk(t, write(t, r))[9]); entries != want {
			t.Errorf("%q: tshark lists %d entries in as many lines, of %d", text, entries, want)
		}
		if details := tshark(t, write(t, r), "-V"); strings.Contains(details, "\n    RSTWATCH_FAULT=forged") || strings.Contains(details, "\x1b") {
			t.Errorf("%q gets through to the details", text)
		}
	}
}
