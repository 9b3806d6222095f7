package webtest

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// testPlaces: of no scenario does a text lie on another, at any width, on either
// axis.
func (s *suite) testPlaces(t *testing.T) {
	p := s.browser.open(t, s.gallery.page)
	p.media("screen", "prefers-reduced-motion", "reduce")
	slugs := eval[[]string](p, `Array.from(document.querySelectorAll("article.run"), (el) => el.dataset.slug)`)
	look := func(width int64, axis string) {
		p.do(chromedp.EmulateViewport(width, 900))
		for _, slug := range slugs {
			p.show(slug)
			for _, fault := range call[[]string](p, overlapJS) {
				t.Errorf("%s, %d px wide, %s: %s", slug, width, axis, fault)
			}
		}
	}
	for _, width := range widths() {
		look(width, "in order")
	}
	p.click("axis")
	look(1024, "in true time") // the drawing is scaled: its texts keep their places
}
