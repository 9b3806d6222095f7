package scene

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/analysis/trace/tracetest"
)

// TestFold: every step is in one stretch, those that matter are drawn, and a
// ladder comes out about as long as was asked for.
func TestFold(t *testing.T) {
	var b strings.Builder
	b.WriteString("0.000110..0.000150 client dial\n0.000120..0.000175 server accept\n")
	at := 0.0003
	for range 300 {
		fmt.Fprintf(&b, "%.6f..%.6f client write 10\n%.6f client > server PSH,ACK len 10\n%.6f server > client ACK\n",
			at, at+0.00003, at+0.000004, at+0.000009)
		at += 0.00005
	}
	fmt.Fprintf(&b, "%.6f..%.6f server close\n%.6f server > client RST,ACK\n", at, at+0.00001, at+0.000004)
	fmt.Fprintf(&b, "%.6f..%.6f client write 10 = ECONNRESET\n", at+0.0002, at+0.00021)
	r := tracetest.Run(t, b.String())
	s := Of(r)
	steps := s.Ladders[0].Steps
	for _, most := range []int{1, 10, 48, 200, len(steps) - 1, len(steps), len(steps) + 1} {
		drawn, next := 0, 0
		var chain []Item
		for _, part := range s.Fold(0, most) {
			if part.From != next || part.To <= part.From {
				t.Fatalf("%d: a stretch from %d to %d where %d is next", most, part.From, part.To, next)
			}
			if part.LeftOut && part.To-part.From < 2 && most > 4 {
				t.Errorf("%d: step %d alone is left out", most, part.From)
			}
			for i := part.From; i < part.To && !part.LeftOut; i++ {
				drawn++
				chain = append(chain, steps[i].Item())
			}
			next = part.To
		}
		if next != len(steps) {
			t.Errorf("%d: %d steps of %d", most, next, len(steps))
		}
		if want := min(most, len(steps)); drawn < want*3/4 || drawn > want+12 {
			t.Errorf("%d of %d steps are drawn, %d were asked for", drawn, len(steps), most)
		}
		last := s.Run.Verdicts[len(s.Run.Verdicts)-1]
		for _, item := range s.Chain(last.Event) {
			if !slices.Contains(chain, item) {
				t.Errorf("%d: %+v, which is a cause, is left out", most, item)
			}
		}
	}
}
