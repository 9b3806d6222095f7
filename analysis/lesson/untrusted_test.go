package lesson

import (
	"fmt"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// nasty are texts that a terminal would obey, or that hide what they say, or are
// long.
var nasty = []string{
	"</script><img src=x onerror=alert(1)>", "\x1b[2J\x1b[31mred", "\x1b]0;title\x07", "\u009b31m", "bell\a", "back\b\b\bspace",
	"\u202edesrever", "\u2066isolate\u2069", "zero\u200bwidth", "\ufeffBOM", "two\nlines", "cr\roverwrites", "tab\t",
	"\u2028\u2029", "nul\x00", "\xff\xfe", "宽字符宽字符宽字符宽字符宽字符宽字符宽字符宽字符宽字符宽字符宽字符宽字符宽字符", "",
	"long-" + "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789",
}

// TestUntrustedText: no text of a run reaches the terminal as an order, or breaks
// the screen.
func TestUntrustedText(t *testing.T) {
	for _, text := range nasty {
		r := runOf(t, aborted+"0.000260..0.000262 client write 1 = EPIPE\n")
		for i := range r.Evidence.Events {
			ev := &r.Evidence.Events[i]
			ev.Role = scenario.Role(text + string(ev.Role))
			if ev.Fault != "" {
				ev.Err = text
			}
		}
		last := &r.Evidence.Events[len(r.Evidence.Events)-1]
		last.Fault, last.Op = scenario.Fault(text), scenario.Op(text)
		r.Explanation = analysis.Explain(r.Evidence)
		r.Scenario, r.Summary, r.Story, r.Family = text, text, text, scenario.Family(text)
		r.Platform, r.Capture.Interface = analysis.Platform{OS: text, Release: text}, text
		r.Trouble, r.Differs = text, text
		for _, replayed := range []bool{false, true} {
			for _, o := range []Options{{}, {ASCII: true}, {Color: true, Verbose: true}} {
				was := *r
				was.Replayed = replayed
				l, p := Play(story(text), &was, o)
				check := func(why string) {
					t.Helper()
					view := l.View()
					fits(t, why, view, MinWidth, MinHeight)
					for _, c := range ansi.Strip(view) {
						if c != '\n' && (!unicode.IsPrint(c) || unicode.In(c, unicode.Other_Default_Ignorable_Code_Point)) {
							t.Fatalf("%q, %s: %U reaches the screen", text, why, c)
						}
					}
				}
				for i := 0; !l.Over(); i++ {
					l.now.Story, l.now.Trouble = text, text
					l.Hold(1000+i, scenario.Event{Role: scenario.Role(text), Op: scenario.Op(text)})
					check(fmt.Sprintf("stop %d", i))
					p.LetGo(l.Key("space").LetGo)
				}
				for range l.spots {
					check("looking back")
					l.Key("left")
				}
			}
		}
	}
}
