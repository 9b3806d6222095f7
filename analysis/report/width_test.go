package report

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// everything prints runs in all the ways that text can be printed.
func everything(tb testing.TB, runs []*analysis.Run, o Options) string {
	tb.Helper()
	var b bytes.Buffer
	for _, print := range []func() error{
		func() error { return Overview(&b, runs, o) }, // the first in full, and a table
		func() error {
			return All(&b, runs, o, Skipped{"reset-on-read", "needs a private network namespace, or root"})
		},
		func() error { return Runs(&b, slices.Concat(runs, runs), o) }, // a table of what was repeated
	} {
		if err := print(); err != nil {
			tb.Fatal(err)
		}
	}
	return b.String()
}

// check reports lines that are too wide, or that end in spaces, and what ASCII
// does not have.
func check(tb testing.TB, what, out string, o Options) {
	tb.Helper()
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		if w := lipgloss.Width(line); w > o.Width {
			tb.Errorf("%s, %+v: %d columns: %.300q", what, o, w, line)
		}
		if !o.Color && strings.HasSuffix(line, " ") {
			tb.Errorf("%s, %+v: spaces at the end of %.300q", what, o, line)
		}
	}
	if i := strings.IndexFunc(out, func(r rune) bool { return r > 0x7f }); o.ASCII && i >= 0 {
		tb.Errorf("%s, %+v: not ASCII: %.60q", what, o, out[i:])
	}
	if strings.Contains(out, "\x1b") != o.Color && out != "" {
		tb.Errorf("%s, %+v: escape sequences: %v", what, o, !o.Color)
	}
}

// everyStyle calls do for widths from the least to the greatest, in turn with
// ASCII or not, verbose or not.
func everyStyle(do func(Options)) {
	for width := MinWidth; width <= 200; width += 3 {
		do(Options{Width: width, ASCII: width%4 > 1, Verbose: width%2 == 0})
	}
	do(Options{Width: 80, Color: true})
	for width := MinWidth; width <= 200; width += 7 {
		do(Options{Width: width, ASCII: width%2 == 0, Verbose: width%3 == 0, States: true})
	}
	do(Options{Width: 132, Color: true, ASCII: true, Verbose: true})
}

func TestWidths(t *testing.T) {
	t.Parallel()
	for _, s := range stories() {
		r := s.make(t)
		everyStyle(func(o Options) { check(t, s.name, everything(t, []*analysis.Run{r}, o), o) })
	}
}

// TestWidthsOfAnything draws runs that no kernel would produce, with names that
// nobody would give.
func TestWidthsOfAnything(t *testing.T) {
	t.Parallel()
	rounds := 20
	if testing.Short() {
		rounds = 10
	}
	for seed := range uint64(rounds) {
		rng := rand.New(rand.NewPCG(seed, 1))
		s := story{name: word(rng), summary: word(rng) + " " + word(rng), text: anything(rng)}
		r := s.make(t)
		for i := range r.Evidence.Events {
			if ev := &r.Evidence.Events[i]; rng.IntN(3) == 0 {
				ev.Role = scenario.Role(word(rng))
			}
			if ev := &r.Evidence.Events[i]; rng.IntN(20) == 0 {
				ev.Fault, ev.Op = scenario.Fault(word(rng)), scenario.Op(word(rng))
			}
		}
		r.Explanation = analysis.Explain(r.Evidence)
		r.Trouble, r.Differs = word(rng), word(rng)+" "+word(rng)
		r.Platform.Release, r.Capture.Interface = word(rng), word(rng)
		for range 6 {
			o := Options{Width: MinWidth + rng.IntN(121), ASCII: rng.IntN(2) == 0, Verbose: rng.IntN(2) == 0, States: rng.IntN(2) == 0}
			check(t, fmt.Sprint("seed ", seed), everything(t, []*analysis.Run{r}, o), o)
		}
	}
}

func pick[T any](rng *rand.Rand, from ...T) T { return from[rng.IntN(len(from))] }

// word is a name of any length, in any script.
func word(rng *rand.Rand) string {
	letters := pick(rng, "abc", "äöü→", "漢字仮名", "☺️👩‍👩‍👧🇩🇪", "x \t\n", "é̂̃", "\x1b[31m", "\u202e\u200b")
	return strings.Repeat(letters, rng.IntN(4)*rng.IntN(20))
}

// anything is a trace of random lines. Calls that are under way may stay so.
func anything(rng *rand.Rand) string {
	lines := []string{"client dial", "server accept"}
	sides := [2]string{"client", "server"}
	at := 0.001
	var waiting [2]int
	for range rng.IntN(150) {
		i := rng.IntN(2)
		var line string
		switch rng.IntN(8) {
		case 0, 1, 2:
			line = fmt.Sprintf("%s > %s %s len %d seq %d ack %d", sides[i], sides[1-i],
				pick(rng, "SYN", "RST", "RST,ACK", "FIN,ACK", "ACK", "PSH,ACK", "SYN,FIN,RST,PSH,ACK,URG,ECE,CWR"),
				pick(rng, 0, 1, 1000), rng.IntN(1<<rng.IntN(31)), rng.IntN(1<<rng.IntN(31)))
		case 3:
			line = fmt.Sprintf("%s read %d ...", sides[i], rng.IntN(100))
			waiting[i]++
		case 4:
			if waiting[i] == 0 {
				continue
			}
			waiting[i]--
			line = fmt.Sprintf("%s ... = %s", sides[i], pick(rng, "ECONNRESET", "EOF", "3", "ETIMEDOUT"))
		default:
			line = sides[i] + " " + pick(rng, "write 5", "read 4 = 2", "read 4 = EOF", "close", "close-write", "close-read",
				"set-linger 0", "set-linger -1", "poll 0x10 = 0x18", "write 1 = EPIPE", "write 9999999 = 3", "so-error")
		}
		at += rng.Float64() * pick(rng, 0.00001, 0.001, 100)
		if !strings.Contains(line, "... =") && !strings.HasSuffix(line, "...") && !strings.Contains(line, ">") {
			line = fmt.Sprintf("%.9f..%.9f %s", at, at+rng.Float64()*0.001, line)
		} else {
			line = fmt.Sprintf("%.9f %s", at, line)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
