package svg

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/analysis/trace/tracetest"
)

// quad is a rectangle, turned perhaps: its corners in order.
type quad struct {
	of      string
	corners [4][2]float64
}

func quadOf(of string, left, top, right, bottom, dy int, turn float64, x, y int) quad {
	q := quad{of: of}
	sin, cos := math.Sincos(turn * math.Pi / 180)
	for i, c := range [4][2]int{{left, top}, {right, top}, {right, bottom}, {left, bottom}} {
		dx, dyy := float64(c[0]-x), float64(c[1]-y)
		q.corners[i] = [2]float64{float64(x) + dx*cos - dyy*sin, float64(y) + dx*sin + dyy*cos + float64(dy)}
	}
	return q
}

// apart reports whether a line can be drawn between two rectangles.
func apart(a, b quad) bool {
	for _, q := range []quad{a, b} {
		for i := range 2 {
			ex, ey := q.corners[i+1][0]-q.corners[i][0], q.corners[i+1][1]-q.corners[i][1]
			span := func(o quad) (low, high float64) {
				low, high = math.Inf(1), math.Inf(-1)
				for _, c := range o.corners {
					d := c[0]*ex + c[1]*ey
					low, high = min(low, d), max(high, d)
				}
				return low, high
			}
			la, ha := span(a)
			if lb, hb := span(b); ha <= lb || hb <= la {
				return true
			}
		}
	}
	return false
}

// texts returns where the texts of a picture stand on an axis.
func (p *picture) texts(axis int) (list []quad) {
	add := func(words []label, dy int) {
		for i := range words {
			l := &words[i]
			left, top, right, bottom := l.box()
			list = append(list, quadOf(l.plain(), left, top, right, bottom, dy, l.turn, l.x, l.y))
		}
	}
	for i := range p.items {
		it := &p.items[i]
		if it.class == "gap" && axis == order {
			continue // not shown
		}
		add(it.words, it.from[axis])
		add(it.tailWords, it.to[axis])
	}
	return list
}

// covers returns what would be drawn over or through a text: the beginnings of
// the kernels' states, and the links of the chains.
func (p *picture) covers(axis int) (list []quad) {
	for i := range p.items {
		it := &p.items[i]
		switch {
		case strings.HasPrefix(it.class, "state"):
			list = append(list, quadOf("the beginning of "+it.key, it.bar.x, 0, it.bar.x+it.bar.w, 1, it.from[axis], 0, 0, 0),
				quadOf("the end of "+it.key, it.bar.x, -1, it.bar.x+it.bar.w, 0, it.to[axis], 0, 0, 0))
		case it.class == "link" && it.bar != nil:
			list = append(list, quadOf("a link", it.bar.x, 0, it.bar.x+it.bar.w, it.to[axis]-it.from[axis], it.from[axis], 0, 0, 0))
		}
		for _, part := range []struct {
			shapes []string
			y      int
		}{{it.body, it.from[axis]}, {it.tail, it.to[axis]}} {
			for _, s := range part.shapes {
				var x, to int
				if n, _ := fmt.Sscanf(s, `<path class="g" d="M%d 0H%d"/>`, &x, &to); n == 2 && x != to {
					list = append(list, quadOf("a link", min(x, to), -linkWidth/2, max(x, to), linkWidth/2, part.y, 0, 0, 0))
				}
			}
		}
	}
	return list
}

// checkOverlap fails where two texts touch, one is covered, or one leaves the
// picture.
func checkOverlap(t *testing.T, name string, s *scene.Scene) {
	t.Helper()
	for n := range s.Ladders {
		p := newPicture(s, n, false)
		for axis := range axes {
			texts, covers := p.texts(axis), p.covers(axis)
			for i, a := range texts {
				for _, c := range a.corners {
					if c[0] < 0 || c[0] > float64(p.width) || c[1] < headHeight-16 || c[1] > float64(p.height[axis]) {
						t.Errorf("%s, ladder %d, axis %d: %q leaves the picture", name, n, axis, a.of)
						break
					}
				}
				for _, b := range slices.Concat(texts[i+1:], covers) {
					if !apart(a, b) {
						t.Errorf("%s, ladder %d, axis %d: %q meets %q", name, n, axis, a.of, b.of)
					}
				}
			}
		}
	}
}

func TestNoOverlap(t *testing.T) {
	for _, r := range catalogue(t) {
		checkOverlap(t, r.Scenario+" "+string(r.Family), scene.Of(r))
		checkOverlap(t, r.Scenario+" "+string(r.Family)+", all calls", scene.All(r))
	}
	for name, text := range texts {
		checkOverlap(t, name, scene.Of(explained(t, name, text)))
	}
	for _, text := range nasty {
		checkOverlap(t, fmt.Sprintf("%.20q", text), scene.Of(spoilt(t, text)))
	}
}

// TestOverlapIsFound: the test can fail.
func TestOverlapIsFound(t *testing.T) {
	at := func(x, y int, turn float64) quad { return quadOf("", x, y, x+100, y+10, 0, turn, x, y) }
	for _, c := range []struct {
		a, b  quad
		apart bool
	}{
		{at(0, 0, 0), at(0, 0, 0), false}, {at(0, 0, 0), at(99, 9, 0), false}, {at(0, 0, 0), at(100, 0, 0), true},
		{at(0, 0, 0), at(0, 10, 0), true}, {at(0, 0, 5), at(0, 10, 5), false}, {at(0, 0, 5), at(0, 11, 5), true},
		{at(0, 0, 45), at(80, 0, 0), true}, {at(0, 0, 45), at(50, 45, 0), false},
	} {
		if apart(c.a, c.b) != c.apart {
			t.Errorf("apart(%v, %v) = %v", c.a.corners, c.b.corners, !c.apart)
		}
	}
}

// TestGap: segments that the reader of a capture has left out are missed.
func TestGap(t *testing.T) {
	r := explained(t, "gap", texts["half-close"])
	r.Evidence.Gap = 7
	checkOverlap(t, "gap", scene.Of(r))
	if out := draw1(t, r, Options{}); strings.Count(out, "… segments are left out …") != 1 {
		t.Error("nothing is missed")
	}
	r.Evidence.Gap = 0
	if out := draw1(t, r, Options{}); strings.Contains(out, "left out") {
		t.Error("something is missed")
	}
}

// TestLong: a ladder with more than anybody reads is folded, and stays legible.
func TestLong(t *testing.T) {
	text := tracetest.Opening
	at := 0.0003
	for range 400 {
		text += fmt.Sprintf("%.6f..%.6f client write 1000\n%.6f client > server PSH,ACK len 1000\n%.6f server > client ACK\n",
			at, at+0.00003, at+0.000004, at+0.000009)
		at += 0.00005
	}
	text += fmt.Sprintf("%.6f..%.6f server close\n%.6f server > client RST,ACK\n", at, at+0.00001, at+0.000004)
	text += fmt.Sprintf("%.6f..%.6f client write 1000 = ECONNRESET\n", at+0.0002, at+0.00021)
	r := explained(t, "long", text)
	s := scene.Of(r)
	checkOverlap(t, "long", s)
	p := newPicture(s, 0, false)
	if steps := len(s.Ladders[0].Steps); len(p.rows) > MostSteps || steps < 1000 {
		t.Errorf("%d rows for %d steps", len(p.rows), steps)
	}
	out := draw1(t, r, Options{})
	if !strings.Contains(out, "are left out") || !strings.Contains(out, `class="segment rst chain"`) {
		t.Error("what was left out is not said, or what matters is")
	}
}
