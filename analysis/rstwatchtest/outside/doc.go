// Package outside holds rstwatchtest against a module that is not rstwatch's own:
// testdata/upload has a server with a fault, and tests that use rstwatchtest as
// anybody's would. Those are built and run as programs of their own, in networks of
// their own, with every flag that matters to how a test binary ends.
//
// It has tests only. To run those of the module itself, one of which fails:
//
//	cd testdata/upload && go test -mod=mod -v
package outside
