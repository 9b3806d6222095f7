package rstwatchtest

import (
	"fmt"
	"os"
	"syscall"

	"github.com/rstwatch/rstwatch/scenario/sandbox"
)

// Environment variables.
const (
	// inPlace makes Main run the tests as they are, as a debugger needs it, which would
	// otherwise look at a process that only waits.
	inPlace = "RSTWATCHTEST_INPLACE"
	// unboxed says why Main runs the tests as they are: it is how Main tells Record.
	unboxed = "RSTWATCHTEST_UNBOXED"
)

// Tests are what TestMain is given: a [testing.M], or something that wraps one.
type Tests interface{ Run() int }

// Main runs the tests in a private network, where they may capture, and returns
// their exit code:
//
//	func TestMain(m *testing.M) { os.Exit(rstwatchtest.Main(m)) }
//
// It runs this test binary again, as the same user, with the same arguments, files
// and environment, and with nothing but a loopback interface (127.0.0.1, ::1) that
// every other test binary has another of. This process then only waits for that one,
// passes signals on to it, and ends with its exit code: Main does not return here.
// So what TestMain does before it calls Main is done in both processes, and what it
// does afterwards in one.
//
// Where private networks can not be had (they are Linux's, and containers and
// kernel settings may forbid them), and where the environment variable
// RSTWATCHTEST_INPLACE is set, Main says so on standard error and runs the tests as
// they are. A process that a test starts from its own binary shares the network of
// the test.
func Main(m Tests) (code int) {
	switch {
	case sandbox.Hook(): // a trial of Probe's
		leave(0)
	case sandbox.Inside():
		if err := sandbox.Up(); err != nil {
			fmt.Fprintln(os.Stderr, "rstwatchtest:", err)
			leave(1)
		}
		return m.Run()
	case sandbox.Descends():
		return m.Run()
	case os.Getenv(inPlace) != "":
		return runUnboxed(m, inPlace+" is set")
	}
	err := sandbox.Probe().Err()
	if err == nil {
		if code, err = sandbox.Run(sandbox.Options{UID: -1, GID: -1}); err == nil {
			leave(code)
		}
	}
	return runUnboxed(m, err.Error())
}

// leave ends a process that has tested nothing. It is not os.Exit, whose hooks would
// write, or miss, the coverage of that.
func leave(code int) { syscall.Exit(code) }

// runUnboxed runs the tests as they are, and says why.
func runUnboxed(m Tests, why string) int {
	os.Setenv(unboxed, why)
	fmt.Fprintf(os.Stderr, "rstwatchtest: no private network (%s): the tests run as they are, and errors are explained only if this process may capture\n", why)
	return m.Run()
}
