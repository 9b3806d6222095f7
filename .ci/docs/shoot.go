package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// The size of the window, in CSS pixels: a README is shown some 900 wide.
const width, height = 1100, 1000

// most is the size of a picture, in octets, beyond which it does not belong into
// a repository.
const most = 100 << 10

// aborted leads a page to the moment at which the RST has come, and nobody has
// been told yet.
const aborted = `new Promise((done) => {
	addEventListener("hashchange", () => done(true), { once: true });
	const rst = [...document.querySelectorAll("ol.steps > li")].find((line) => line.textContent.includes("RST"));
	location.hash = document.querySelector("article.run").dataset.slug + "/step-" + rst.dataset.p;
})`

// shoot writes what Chromium shows of a page, in light colours, as a PNG file.
func shoot(ctx context.Context, page, to string) error {
	path, err := filepath.Abs(page)
	if err != nil {
		return err
	}
	ctx, stop := chromedp.NewContext(ctx)
	defer stop()
	light := chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "light"}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return err
	})
	err = chromedp.Do(ctx, chromedp.EmulateViewport(width, height), light,
		chromedp.Navigate((&url.URL{Scheme: "file", Path: path}).String()))
	if err != nil {
		return fmt.Errorf("open %s: %w", page, err)
	}
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](aborted, chromedp.EvalAwaitPromise)); err != nil {
		return fmt.Errorf("step through %s: %w", page, err)
	}
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return fmt.Errorf("photograph %s: %w", page, err)
	}
	if png, err = paletted(png); err != nil {
		return fmt.Errorf("photograph %s: %w", page, err)
	}
	if len(png) > most {
		return fmt.Errorf("%s would have %d octets, more than %d", to, len(png), most)
	}
	return os.WriteFile(to, png, 0o644)
}
