package webtest

import (
	_ "embed"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// focusJS is a function that lists what can have the focus, or describes what
// has it, and whether that can be seen.
//
//go:embed testdata/focus.js
var focusJS string

// focused is the element that has the focus.
type focused struct {
	Name  string // "" for the page itself
	Plain bool   // nothing shows that it has the focus
}

// testKeyboard: all can be done with the keys that the help panel names.
func (s *suite) testKeyboard(t *testing.T) {
	p := s.browser.open(t, s.gallery.page)
	p.press("/")
	p.await(`document.activeElement.matches("input[type=search]")`)
	p.press("reset-on-read")
	p.await(`document.activeElement.value === "reset-on-read"`)
	for i := 0; !eval[bool](p, `document.activeElement.getAttribute("href") === "#reset-on-read"`); i++ {
		if i == 20 {
			t.Fatalf("the link to reset-on-read is not reached with Tab, but %s", eval[string](p, `document.activeElement.outerHTML + document.querySelector(".found").textContent`))
		}
		p.press(kb.Tab)
	}
	p.press(kb.Enter)
	p.await(`document.querySelector("article.run.shown")?.dataset.scenario === "reset-on-read"`)

	length := eval[int](p, `Number(document.querySelector("[data-steps]").textContent)`)
	step := func(want int) {
		t.Helper()
		if got := eval[int](p, `Number(document.querySelector("[data-step]").textContent)`); got != want {
			t.Errorf("at step %d, not %d", got, want)
		}
	}
	pressed := func(action string) string {
		return fmt.Sprintf(`document.querySelector('[data-action="%s"]').getAttribute("aria-pressed") === "true"`, action)
	}
	p.press(kb.Home)
	step(0)
	p.press(kb.ArrowRight, kb.ArrowRight)
	step(2)
	p.press(kb.ArrowLeft)
	step(1)
	p.press(kb.End)
	step(length)
	p.press(kb.Home, " ")
	p.await(pressed("play"))
	p.await(`Number(document.querySelector("[data-step]").textContent) >= 2`)
	p.press(" ")
	p.await("!(" + pressed("play") + ")")

	theme := func() string { return eval[string](p, `getComputedStyle(document.body).backgroundColor`) }
	light := theme()
	p.press("d")
	if theme() == light {
		t.Errorf("d leaves the page %s", light)
	}
	p.press("t")
	p.await(pressed("axis"))
	p.press("t", "?")
	p.await(`document.querySelector("dialog[open]") !== null`)
	p.press(kb.Escape)
	p.await(`document.querySelector("dialog[open]") === null`)
	p.press("p")
	p.await(pressed("projector"))
	p.press(kb.Escape)
	p.await("!(" + pressed("projector") + ")")
	p.press("q")
	p.await(pressed("quiz"))
	for range length {
		p.press(kb.ArrowRight)
	}
	p.await(`document.querySelector("[data-quiz-call]") !== null`)
	p.press("1")
	p.await(`document.querySelector("[data-quiz-result]").dataset.quizResult !== ""`)
	p.press("q", "n")
	p.await(`document.querySelector("article.run.shown").dataset.scenario !== "reset-on-read"`)
	p.press("/")
	p.await(`document.activeElement.matches("input[type=search]")`)
}

// testFocus: Tab goes through the whole page, and on; what has the focus shows
// it.
func (s *suite) testFocus(t *testing.T) {
	p := s.browser.open(t, s.gallery.page)
	p.show("reset-on-write")
	want := call[[]string](p, focusJS, true)
	seen := make(map[string]bool)
	for i := 0; ; i++ {
		if i > 2*len(want) {
			t.Fatalf("after %d times Tab it does not come round", i)
		}
		p.press(kb.Tab)
		f := call[focused](p, focusJS, false)
		if f.Name == "" { // behind the last it goes on with the first
			continue
		}
		if seen[f.Name] {
			break
		}
		seen[f.Name] = true
		if f.Plain {
			t.Errorf("nothing shows that %s has the focus", f.Name)
		}
	}
	for _, name := range want {
		if !seen[name] {
			t.Errorf("Tab never reaches %s", name)
		}
	}
}
