package mermaid

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recorded"
	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/analysis/trace/tracetest"
	"github.com/rstwatch/rstwatch/scenario"
)

func written(t *testing.T, r *analysis.Run) string {
	t.Helper()
	var b bytes.Buffer
	if err := Diagram(&b, scene.Of(r)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// safe is a text in which nothing has a meaning: what does is a character code.
const safe = `((?:[\pL\pN ,.()/+\-_→←✗…·×§−]|#[0-9]+;)+)`

// statements are the only ones that a diagram has.
var statements = []*regexp.Regexp{
	regexp.MustCompile(`^    participant ([akn][0-9]+[lr]?) as ` + safe + `$`),
	regexp.MustCompile(`^    ([akn][0-9]+[lr]?)(?:->>|-->>|-x|--x)([ak][0-9]+[lr]?): ` + safe + `$`),
	regexp.MustCompile(`^    Note over ([ak][0-9]+[lr]?)(?:,([ak][0-9]+r?))?: ` + safe + `(?:<br/>(?:or )?` + safe + `)*$`),
	regexp.MustCompile(`^    activate (a[0-9]+)$`),
	regexp.MustCompile(`^    deactivate (a[0-9]+)$`),
	regexp.MustCompile(`^    rect rgba\([0-9]+, [0-9]+, [0-9]+, 0\.[0-9]+\)$`),
	regexp.MustCompile(`^    end$`),
}

// check reads a diagram: each line is a statement, what is opened is closed, and
// everybody was declared.
func check(t *testing.T, name, diagram string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(diagram, "\n"), "\n")
	if lines[0] != "sequenceDiagram" {
		t.Fatalf("%s: begins with %q", name, lines[0])
	}
	known, active, grounds := make(map[string]bool), make(map[string]int), 0
next:
	for _, line := range lines[1:] {
		for kind, s := range statements {
			m := s.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			switch kind {
			case 0:
				known[m[1]] = true
			case 1, 2:
				if !known[m[1]] || m[2] != "" && !known[m[2]] {
					t.Errorf("%s: a stranger in %q", name, line)
				}
			case 3:
				active[m[1]]++
			case 4:
				active[m[1]]--
			case 5:
				grounds++
			case 6:
				grounds--
			}
			if grounds < 0 || grounds > 1 || kind == 4 && active[m[1]] < 0 {
				t.Errorf("%s: %q closes what is not open, or opens what is", name, line)
			}
			continue next
		}
		t.Errorf("%s: no statement: %q", name, line)
	}
	for who, n := range active {
		if n != 0 {
			t.Errorf("%s: %s stays active", name, who)
		}
	}
	if grounds != 0 {
		t.Errorf("%s: a ground stays open", name)
	}
}

// most is Mermaid's own limit of a diagram, in characters.
const most = 50_000

func TestCatalogue(t *testing.T) {
	runs, err := recorded.Runs()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range runs {
		d := written(t, r)
		check(t, r.Scenario, d)
		if len(d) > most {
			t.Errorf("%s: %d characters", r.Scenario, len(d))
		}
		for _, s := range r.Evidence.Segments {
			if !strings.Contains(d, fmt.Sprintf(": #35;%d ", s.ID)) {
				t.Errorf("%s: #%d is missing", r.Scenario, s.ID)
			}
		}
	}
}

// TestGap: segments that the reader of a capture has left out are missed.
func TestGap(t *testing.T) {
	r := tracetest.Run(t, tracetest.Connect+tracetest.Abort)
	r.Evidence.Gap = 5
	d := written(t, r)
	check(t, "gap", d)
	if strings.Count(d, "… segments are left out") != 1 {
		t.Error("nothing is missed")
	}
}

func TestLong(t *testing.T) {
	text := tracetest.Connect
	at := 0.0003
	for range 1000 {
		text += fmt.Sprintf("%.6f..%.6f client write 1000\n%.6f client > server PSH,ACK len 1000\n%.6f server > client ACK\n",
			at, at+0.00003, at+0.000004, at+0.000009)
		at += 0.00005
	}
	d := written(t, tracetest.Run(t, text))
	check(t, "long", d)
	if len(d) > most || !strings.Contains(d, "are left out") {
		t.Errorf("%d characters", len(d))
	}
}

func TestUntrustedText(t *testing.T) {
	for _, text := range []string{
		`</script><img src=x onerror=alert(1)>`, "a\nb->>c: d", "x;participant y", "#35;#lt;", `"quoted"`, "%%{init: {}}%%", "%% comment", "wrap: me", "end", "```\n",
		"\x1b[31mred", "\u202edesrever", "\u2066\u2069", "\xff\xfe", "", " ", "style: #fff;", "<br/>", "ends: rect", strings.Repeat("long ", 100), "漢字",
	} {
		d := written(t, spoilt(t, text))
		check(t, fmt.Sprintf("%q", text), d)
		if plain, hostile := strings.Count(written(t, spoilt(t, "plain")), "\n"), strings.Count(d, "\n"); plain != hostile {
			t.Errorf("%q makes %d lines of %d", text, hostile, plain)
		}
	}
}

// spoilt is a run in which every text that comes from outside is text.
func spoilt(t *testing.T, text string) *analysis.Run {
	r := tracetest.Run(t, tracetest.Connect+tracetest.Abort)
	for i := range r.Evidence.Events {
		ev := &r.Evidence.Events[i]
		if ev.Role = scenario.Role(text + "1"); ev.Local.Port() == 80 {
			ev.Role = scenario.Role(text)
		}
	}
	last := &r.Evidence.Events[len(r.Evidence.Events)-1]
	last.Op = scenario.Op(text)
	if last.Fault = scenario.Fault(text); text == "" {
		last.Fault = "x"
	}
	r.Explanation = analysis.Explain(r.Evidence)
	return r
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"#6 RST,ACK": "#35;6 RST,ACK", "a;b": "a#59;b", "a\nb": "a#65533;b", "": "…", "  x ": "x", `"`: "#34;", "✗ EPIPE ← 3": "✗ EPIPE ← 3",
	} {
		if got := text(in); got != want {
			t.Errorf("text(%q) = %q, want %q", in, got, want)
		}
	}
	if got := []rune(text(strings.Repeat("é", 500))); len(got) != mostRunes+1 || got[mostRunes] != '…' {
		t.Errorf("a long text has %d characters", len(got))
	}
}
