package webtest

import (
	"testing"
)

// testAddress: the address follows whoever steps through a run, and does not
// call him back who goes on before the page has heard of that.
func (s *suite) testAddress(t *testing.T) {
	p := s.browser.open(t, s.six)
	p.show("reset-on-write")
	p.click("first")
	// The address has changed at popstate, and the page hears of it at hashchange.
	const js = `() => new Promise((done) => {
		const next = () => document.querySelector('article.shown [data-action="next"]').click();
		const step = () => Number(document.querySelector("article.shown [data-step]").textContent);
		addEventListener("popstate", next, { once: true });
		addEventListener("hashchange", () => { if (location.hash.endsWith("/step-1")) done(step()); });
		next();
	})`
	if n := call[int](p, js); n != 2 {
		t.Errorf("at step %d, not 2", n)
	}
	p.await(`location.hash === "#reset-on-write/step-2"`)
	p.show("reset-on-write/step-1")
	p.await(`document.querySelector("article.shown [data-step]").textContent === "1"`)
}

// testIndex: the list is sifted by words and by errors, leads to each run, and
// each run's address leads to it.
func (s *suite) testIndex(t *testing.T) {
	p := s.browser.open(t, s.gallery.page)
	const rows = `[...document.querySelectorAll("#index tr[data-run]")].filter((el) => el.checkVisibility()).length`
	all := eval[int](p, rows)
	if all != len(s.gallery.runs) {
		t.Errorf("the list has %d runs of %d", all, len(s.gallery.runs))
	}
	sift := func(selector, value string) int {
		return call[int](p, `(selector, value) => {
			const el = document.querySelector(selector);
			el.value = value;
			el.dispatchEvent(new Event("input", { bubbles: true }));
			return `+rows+`; }`, selector, value)
	}
	if n := sift("#index input[type=search]", "broken-pipe"); n == 0 || n > 10 {
		t.Errorf("%d runs of broken-pipe", n)
	}
	if n := sift("#index input[type=search]", "no such scenario"); n != 0 {
		t.Errorf("%d runs that do not exist", n)
	}
	sift("#index input[type=search]", "")
	failed := 0
	for _, r := range s.gallery.runs {
		for i := range r.Evidence.Events {
			if r.Evidence.Events[i].Fault == "ECONNREFUSED" {
				failed++
				break
			}
		}
	}
	if n := sift("#index select[name=fault]", "ECONNREFUSED"); n == 0 || n != failed {
		t.Errorf("%d runs with ECONNREFUSED, not %d", n, failed)
	}
	if n := sift("#index select[name=fault]", ""); n != all {
		t.Errorf("%d runs of %d without a filter", n, all)
	}
	if lost := eval[[]string](p, `Array.from(document.querySelectorAll("#index tr[data-run] a"), (a) => a.hash.slice(1)).filter((slug) => !document.getElementById(slug))`); len(lost) > 0 {
		t.Errorf("links lead nowhere: %q", lost)
	}
	p.show("half-close/step-5")
	if n := eval[int](p, `Number(document.querySelector("article.shown[data-scenario=half-close] [data-step]").textContent)`); n != 5 {
		t.Errorf("the address of step 5 leads to step %d", n)
	}
}
