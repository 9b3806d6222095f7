package webtest

import (
	_ "embed"

	"github.com/chromedp/chromedp"
)

// overlapJS is a function that lists what is wrong with where the texts of a
// page are.
//
//go:embed testdata/overlap.js
var overlapJS string

// widths are those of a telephone, a tablet and a projector, in CSS pixels.
func widths() []int64 { return []int64{375, 1024, 1920} }

// misplaced lists, at one width of the window, texts that lie on each other or
// leave their drawing, and how far the page goes beyond the window.
func (p *tab) misplaced(width int64) []string {
	p.Helper()
	p.do(chromedp.EmulateViewport(width, 900))
	return call[[]string](p, overlapJS)
}
