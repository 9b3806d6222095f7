package webtest

import (
	_ "embed"
)

// axeJS is a function that runs axe-core.
//
//go:embed testdata/axe.js
var axeJS string

// barriers lists what axe-core holds against the page as it is now: a line for
// each rule and element. Without rules it goes by all of them.
func (p *tab) barriers(rules ...any) []string {
	p.Helper()
	if !eval[bool](p, "typeof axe === 'object'") {
		eval[any](p, module(p.T, "axe-core/axe.min.js")+";0")
	}
	return call[[]string](p, axeJS, rules...)
}
