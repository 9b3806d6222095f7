package lesson

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/trace/tracetest"
	"github.com/rstwatch/rstwatch/scenario"
)

// aborted is a run: the server closes with a byte unread.
const aborted = `
0.000000..0.000010 server listen
0.000100..0.000150 client dial
0.000160..0.000170 server accept
0.000180..0.000210 client write 2
0.000184 client > server PSH,ACK len 2
0.000189 server > client ACK
0.000215..0.000218 server read 1 = 1
0.000220..0.000230 server close
0.000224 server > client RST,ACK
0.000240..0.000245 client poll 0x10 = 0x18
0.000250..0.000252 client read 16 = ECONNRESET
`

// story is what the runs of these tests are of.
func story(name string) *scenario.Scenario { return &scenario.Scenario{Name: name} }

// runOf makes a run of its text.
func runOf(tb testing.TB, text string) *analysis.Run {
	tb.Helper()
	r := tracetest.Run(tb, text)
	return &analysis.Run{Number: r.Number, Scenario: "reset-on-read", Summary: "the server closes with a byte unread, the client reads",
		Story:  "The server reads one byte\nof two and closes. What the client reads then is an error.",
		Family: scenario.IPv4, Platform: analysis.Platform{OS: "linux", Release: "6.18.44"},
		Capture:  analysis.Capture{Interface: "lo", Backend: "libpcap"},
		Evidence: r.Evidence, Explanation: r.Explanation}
}

// script writes down what is seen while keys are pressed.
type script struct {
	tb    testing.TB
	l     *Lesson
	letGo func(id int)
	out   strings.Builder
}

// press presses keys, and shows the screen after each.
func (s *script) press(keys ...string) {
	s.tb.Helper()
	for _, k := range keys {
		if do := s.l.Key(k); do.LetGo != 0 {
			s.letGo(do.LetGo)
		}
		s.show(k)
	}
}

func (s *script) show(why string) {
	s.tb.Helper()
	view := s.l.View()
	fits(s.tb, why, view, s.l.width, s.l.height)
	fmt.Fprintf(&s.out, "-- %s --\n", why)
	for line := range strings.SplitSeq(view, "\n") {
		s.out.WriteString(strings.TrimRight(strings.ReplaceAll(line, "\x1b", "␛"), " ") + "\n")
	}
}

// fits checks that a screen has so many lines, and none that is too wide.
func fits(tb testing.TB, why, view string, width, height int) {
	tb.Helper()
	lines := strings.Split(view, "\n")
	if len(lines) != height {
		tb.Errorf("%s: %d lines, not %d\n%s", why, len(lines), height, view)
	}
	for _, line := range lines {
		if w := lipgloss.Width(line); w > width {
			tb.Errorf("%s: %d columns: %q", why, w, line)
		}
	}
}

// at is a moment of a run that was made of text.
func at(r *analysis.Run, micros int) time.Time {
	return r.Evidence.Events[0].Start.Add(time.Duration(micros) * time.Microsecond)
}
