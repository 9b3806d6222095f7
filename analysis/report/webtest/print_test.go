package webtest

import (
	"bytes"
	"testing"
)

// testPrint: on paper there are all runs, with all that is to be read, and
// nothing to press.
func (s *suite) testPrint(t *testing.T) {
	p := s.browser.open(t, s.six)
	for _, place := range []string{"index", "reset-on-read/step-3"} { // whatever the screen shows
		p.show(place)
		p.media("print")
		eval[any](p, `window.dispatchEvent(new Event("beforeprint")), 0`)
		for selector, want := range map[string]bool{
			"article.run": true, "article.run svg.ladder": true, "article.run .verdict": true, "article.run .story": true,
			"button": false, "input": false, "select": false, "dialog": false,
		} {
			shown := call[[]bool](p, `(selector) => Array.from(document.querySelectorAll(selector), (el) => el.checkVisibility({ opacityProperty: true, visibilityProperty: true }))`, selector)
			if want && len(shown) == 0 {
				t.Errorf("%s: no %s on paper", place, selector)
			}
			for _, is := range shown {
				if is != want {
					t.Errorf("%s: %s is on paper: %v", place, selector, is)
					break
				}
			}
		}
		const pale = `[...document.querySelectorAll(".drawing [data-item]")].filter((el) => !el.checkVisibility({ visibilityProperty: true }) || getComputedStyle(el).opacity < 1).length`
		if n := eval[int](p, pale); n > 0 {
			t.Errorf("%s: %d parts of the drawings are as if they had not happened", place, n)
		}
		for _, fault := range p.misplaced(760) { // a sheet of A4
			t.Errorf("%s: %s", place, fault)
		}
		if pages := bytes.Count(p.pdf(), []byte("/Type /Page\n")); pages < 6 {
			t.Errorf("six scenarios on %d sheets", pages)
		}
		p.media("screen")
	}
}

// testCalm: nothing moves for whoever prefers that.
func (s *suite) testCalm(t *testing.T) {
	p := s.browser.open(t, s.six)
	const moving = `document.getAnimations().filter((a) => a.effect.getComputedTiming().duration > 1).length`
	p.media("screen", "prefers-reduced-motion", "reduce")
	p.show("reset-on-write")
	for _, action := range []string{"first", "next", "next", "axis", "next", "last", "projector"} {
		p.click(action)
		if n := eval[int](p, moving); n > 0 {
			t.Errorf("%d things move after %s", n, action)
		}
	}
}
