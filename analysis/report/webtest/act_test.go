package webtest

import (
	"context"
	"fmt"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// press types on the keyboard; kb has the keys that are no letters.
func (p *tab) press(keys ...string) {
	p.Helper()
	for _, key := range keys {
		p.do(chromedp.KeyEvent(key, asKeyboard))
	}
}

// asKeyboard makes of a key what a keyboard does: what a page does not let
// through when the key goes down is no character either.
func asKeyboard(key *input.DispatchKeyEventParams) {
	if key.Type == kb.KeyDown {
		key.Type = kb.KeyRawDown
	}
}

// click clicks a button of the page, or of the run that it shows.
func (p *tab) click(action string) {
	p.Helper()
	p.clickOn(fmt.Sprintf("[data-action=%q]", action))
}

// clickOn clicks the first visible element that a selector finds.
func (p *tab) clickOn(selector string) {
	p.Helper()
	const js = `(selector) => { const el = [...document.querySelectorAll(selector)].find((el) => el.checkVisibility()); el?.click(); return !!el; }`
	if !call[bool](p, js, selector) {
		p.Fatalf("nothing to click on: %s", selector)
	}
}

// await waits until an expression of the page is true.
func (p *tab) await(condition string) {
	p.Helper()
	const js = `new Promise((done) => {
		const until = performance.now() + 200000;
		const look = () => (%[1]s) ? done(true) : performance.now() > until ? done(false) : setTimeout(look, 10);
		look();
	})`
	if !eval[bool](p, fmt.Sprintf(js, condition)) {
		p.Fatalf("never came true: %s", condition)
	}
}

// show lets the page show one run, or with "index" the list.
func (p *tab) show(slug string) {
	p.Helper()
	call[bool](p, `async (slug) => {
		if (location.hash === "#" + slug) return false;
		const there = new Promise((done) => addEventListener("hashchange", done, { once: true }));
		location.hash = slug;
		await there;
		return true;
	}`, slug)
}

// media makes the page believe in a medium ("screen" or "print") and in what its
// reader prefers: pairs of a feature and its value.
func (p *tab) media(medium string, features ...string) {
	p.Helper()
	params := emulation.SetEmulatedMediaParams{Media: medium}
	for i := 0; i < len(features); i += 2 {
		params.Features = append(params.Features, &emulation.MediaFeature{Name: features[i], Value: features[i+1]})
	}
	p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, params)
		return err
	}))
}

// pdf is what the page is on paper.
func (p *tab) pdf() []byte {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	out, err := chromedp.Call(ctx, page.PrintToPDF, page.PrintToPDFParams{})
	if err != nil {
		p.Fatalf("print: %v", err)
	}
	return out.Data
}
