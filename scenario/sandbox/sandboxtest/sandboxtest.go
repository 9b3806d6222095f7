// Package sandboxtest runs a package's tests in a sandbox, so that those that
// capture or filter work for an ordinary user and leave the host alone:
//
//	func TestMain(m *testing.M) { os.Exit(sandboxtest.Main(m)) }
//
//	func TestCapture(t *testing.T) {
//		if missing := sandboxtest.Missing(); missing != "" {
//			t.Skip("needs " + missing)
//		}
//		…
//	}
//
// A process that a test starts from this test binary is in the sandbox of the
// test only if TestMain leads it to its work before it calls Main, which would
// give it a sandbox of its own.
//
// It is for tests only; no program imports it.
package sandboxtest

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/rstwatch/rstwatch/scenario/sandbox"
)

// excuse is the environment variable in which Main leaves what Missing returns.
const excuse = "RSTWATCH_SANDBOXTEST_MISSING"

// Main runs the tests in a sandbox, by running this test binary again with the
// same flags, and returns the exit code for os.Exit. Its loopback interface is
// up; every other test process has another one. Where sandboxes can not be
// had the tests run in place, and [Missing] says so to those that need one.
func Main(m *testing.M) int { return MainWith(m, func() sandbox.Options { return sandbox.Options{} }) }

// MainWith is [Main] for tests that have a sandbox with open files of its own: of
// what options returns, which is called in the process that makes the sandbox,
// Files, Env and Started are used.
func MainWith(m *testing.M, options func() sandbox.Options) int {
	if sandbox.Hook() {
		return 0
	}
	// A fuzzing worker shares its coordinator's sandbox, and speaks to it over
	// descriptors that it must have itself.
	if slices.Contains(os.Args, "-test.fuzzworker") {
		return m.Run()
	}
	if sandbox.Inside() {
		if err := sandbox.Up(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return m.Run()
	}
	err := sandbox.Probe().Err()
	if err == nil {
		var code int
		o := options()
		o.UID, o.GID = -1, -1
		if code, err = sandbox.Run(o); err == nil {
			return code
		}
	}
	os.Setenv(excuse, "a private network namespace ("+err.Error()+")")
	return m.Run()
}

// Missing names what a test that needs a sandbox lacks, "" in a sandbox.
func Missing() string {
	if sandbox.Inside() {
		return ""
	}
	if text := os.Getenv(excuse); text != "" {
		return text
	}
	return "a private network namespace (TestMain does not call sandboxtest.Main)"
}
