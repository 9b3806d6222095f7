// Package outside holds rstwatchtest against a module that is not rstwatch's own:
// testdata/upload has a server with a fault, and tests that use rstwatchtest as
// anybody's would. Those are built and run as programs of their own, in networks of
// their own, with every flag that matters to how a test binary ends.
//
// It has tests only. Those of the module itself, some of which fail, are run with
//
//	cd testdata/upload && go mod tidy && go test -v
//
// which leaves the module's own requirements in its go.mod.
package outside
