package webtest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long one page may take to open, and one script to run.
const patience = 4 * time.Minute

// tab is one page, and what the browser had to say about it.
type tab struct {
	*testing.T
	ctx  context.Context
	home string // the URL of the page's file, the only one that may be asked for

	mu    sync.Mutex
	heard []string
}

// open shows a file in a new tab, which is closed when the test ends; then the
// browser must have had nothing to say.
func (b *browser) open(t *testing.T, file string) *tab {
	t.Helper()
	p := b.openAny(t, file)
	t.Cleanup(func() {
		for _, complaint := range p.complaints() {
			t.Errorf("%s: %s", file, complaint)
		}
	})
	return p
}

// openAny shows a file that the browser may have something to say about.
func (b *browser) openAny(t *testing.T, file string) *tab {
	t.Helper()
	p := &tab{T: t, home: (&url.URL{Scheme: "file", Path: file}).String()}
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithListener(p.listen))
	t.Cleanup(cancel)
	p.ctx = ctx
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("no tab: %v", err)
	}
	// What is not asked for need not be told of every element that a script makes.
	p.do(command(css.Disable), command(dom.Disable), chromedp.EmulateViewport(1024, 768), chromedp.Navigate(p.home))
	return p
}

// command is a step that sends a command without parameters.
func command(c cdp.Command[cdp.Empty, cdp.Empty]) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, cdp.Empty{})
		return err
	})
}

// listen notes every message on the console that is more than a note, every
// exception, and every request for something else than the page's own file.
// What a page carries in itself as a data: URL is no request to anywhere, but
// no page of ours has one.
func (p *tab) listen(event any) {
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		switch e.Type {
		case runtime.ConsoleAPICalledTypeError, runtime.ConsoleAPICalledTypeWarning, runtime.ConsoleAPICalledTypeAssert:
			p.note("console.%s: %s", e.Type, described(e.Args...))
		}
	case *runtime.EventExceptionThrown:
		p.note("exception: %s %s", e.ExceptionDetails.Text, described(e.ExceptionDetails.Exception))
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			p.note("%s: %s %s", e.Entry.Level, e.Entry.Text, e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		if e.Request.URL != p.home {
			p.note("request: %s", e.Request.URL)
		}
	}
}

// described is what a browser's console would show of values.
func described(values ...*runtime.RemoteObject) string {
	var words []string
	for _, v := range values {
		switch {
		case v == nil:
		case v.Description != "":
			words = append(words, v.Description)
		default:
			words = append(words, string(v.Value))
		}
	}
	return strings.Join(words, " ")
}

func (p *tab) note(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.heard = append(p.heard, fmt.Sprintf(format, args...))
}

// complaints is what was noted until now. Events come in order: once the page
// has answered, all that it caused before has been heard.
func (p *tab) complaints() []string {
	p.Helper()
	eval[int](p, "0")
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.heard)
}

// do performs steps in the tab; one that hangs fails the test.
func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.Fatal(err)
	}
}

// eval is the value of an expression in the page, or what its promise brings.
func eval[T any](p *tab, expression string) T {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise, asUser))
	if err != nil {
		p.Fatalf("%.200s: %v", expression, err)
	}
	return v
}

// asUser lets a script do what a page may only do when somebody has clicked.
func asUser(params *runtime.EvaluateParams) {
	yes := true
	params.UserGesture = &yes
}

// call is the value of a JavaScript function with these arguments.
func call[T any](p *tab, function string, args ...any) T {
	p.Helper()
	text, err := json.Marshal(append([]any{}, args...))
	if err != nil {
		p.Fatal(err)
	}
	return eval[T](p, "("+function+")(..."+string(text)+")")
}
