package webtest

import (
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

// mode is a way in which the page is looked at.
type mode struct {
	name  string
	width int64
	dark  bool
	reach func(p *tab) // how one gets there
}

// rules are those of axe-core that a mode is held to, all if none: in the dark
// nothing but colours differs from what is light and as wide.
func (m mode) rules() []any {
	if !m.dark || !slices.ContainsFunc(modes(), func(o mode) bool {
		return !o.dark && o.width == m.width && o.name+" dark" == m.name
	}) {
		return nil
	}
	return []any{"color-contrast", "link-in-text-block"}
}

// modes are all that differ in what can be seen.
func modes() []mode {
	run := func(p *tab) { p.show("reset-on-write") }
	middle := func(p *tab) { p.show("reset-on-write/step-5") }
	quiz := func(p *tab) {
		run(p)
		p.click("quiz")
		p.await(`document.querySelector("[data-quiz-call]") || (document.querySelector('[data-action="next"]').click(), false)`)
	}
	graded := func(p *tab) { quiz(p); p.clickOn("[data-answer]") }
	projector := func(p *tab) { middle(p); p.click("projector") }
	question := func(p *tab) { quiz(p); p.click("projector") }
	help := func(p *tab) { run(p); p.click("help") }
	detail := func(p *tab) { p.show("reset-on-write/s6") }
	words := func(p *tab) {
		run(p)
		eval[any](p, `for (const d of document.querySelectorAll("details")) d.open = true; 0`)
	}
	axis := func(p *tab) { run(p); p.click("axis") }
	return []mode{
		{"index", 1024, false, func(*tab) {}},
		{"index dark", 1024, true, func(*tab) {}},
		{"index small", 375, false, func(*tab) {}},
		{"run", 1024, false, run},
		{"run dark", 1024, true, run},
		{"run small", 375, false, run},
		{"step", 1920, false, middle},
		{"step dark", 1920, true, middle},
		{"segment", 1024, false, detail},
		{"words", 1024, false, words},
		{"words dark", 375, true, words},
		{"true time", 1024, false, axis},
		{"quiz", 1024, false, quiz},
		{"quiz dark", 375, true, quiz},
		{"graded", 1024, false, graded},
		{"graded dark", 1024, true, graded},
		{"projector", 1920, false, projector},
		{"projector dark", 1920, true, projector},
		{"projector small", 1024, false, projector},
		{"projected quiz", 1920, false, question},
		{"projected quiz small", 1024, false, question},
		{"help", 1024, false, help},
		{"help dark", 375, true, help},
	}
}

// testModes: axe-core holds nothing against the page, and no text lies on
// another, however it is looked at.
func (s *suite) testModes(t *testing.T) {
	for _, m := range modes() {
		t.Run(m.name, func(t *testing.T) {
			p := s.browser.open(t, s.six)
			scheme := "light"
			if m.dark {
				scheme = "dark"
			}
			p.media("screen", "prefers-color-scheme", scheme, "prefers-reduced-motion", "reduce")
			p.do(chromedp.EmulateViewport(m.width, 900))
			m.reach(p)
			for _, barrier := range p.barriers(m.rules()...) {
				t.Error(barrier)
			}
			for _, fault := range p.misplaced(m.width) {
				t.Error(fault)
			}
		})
	}
}
