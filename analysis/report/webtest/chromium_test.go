package webtest

import (
	"context"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// suiteLimit is how long the browser may live, however many tests hang.
const suiteLimit = 8 * time.Minute

// browser is one Chromium for all tests; each of them has tabs of its own.
type browser struct{ ctx context.Context }

// newBrowser starts Chromium, headless, with a profile that is removed when the
// test ends. Names resolve to nothing: a request that a page should make has
// nowhere to go, and is seen all the same.
func newBrowser(t *testing.T) *browser {
	path, ok := chromium()
	if !ok {
		missing(t, "Chromium (apt-get install chromium)")
	}
	limited, cancel := context.WithTimeout(context.Background(), suiteLimit)
	t.Cleanup(cancel)
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.DisableGPU,
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"),
	)
	allocator, stop := chromedp.NewExecAllocator(limited, options...)
	t.Cleanup(stop)
	ctx, closeAll := chromedp.NewContext(allocator)
	t.Cleanup(closeAll)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("%s does not start: %v", path, err)
	}
	return &browser{ctx: ctx}
}

// chromium finds a browser of the family by the names that it is installed
// under.
func chromium() (path string, ok bool) {
	for _, name := range []string{
		"chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
		"/Applications/Chromium.app/Contents/MacOS/Chromium",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	} {
		if path, err := exec.LookPath(name); err == nil {
			return path, true
		}
	}
	return "", false
}
