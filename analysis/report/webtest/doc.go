// Package webtest holds what rstwatch makes for the web against the programs
// that people look at it with: a real Chromium opens the pages, the real
// mermaid package draws the diagrams, and axe-core looks for what somebody who
// can not see the screen, or can not use a mouse, would miss.
//
// It has tests only. They run the program as a user does, so they see of a
// page what is in its file. They need Chromium and, from npm, what
// .ci/web/package.json lists:
//
//	apt-get install chromium
//	npm ci --prefix .ci/web --ignore-scripts
//
// Without either they skip and name it, unless RSTWATCH_WEB is "required", as
// .ci/run sets it: then they fail. "go test -short" leaves them out.
package webtest
