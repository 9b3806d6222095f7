package webtest

import (
	"os"
	"path/filepath"
	"testing"
)

// modules is where npm puts what .ci/web/package.json lists.
const modules = "../../../.ci/web/node_modules"

// missing skips a test that lacks something, or fails it where RSTWATCH_WEB
// says that all must be there.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("RSTWATCH_WEB") == "required" {
		t.Fatalf("needs %s", what)
	}
	t.Skipf("needs %s", what)
}

// module is the text of a script from npm.
func module(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(modules, filepath.FromSlash(file)))
	if err != nil {
		missing(t, file+" from npm (npm ci --prefix .ci/web --ignore-scripts)")
	}
	return string(text)
}
