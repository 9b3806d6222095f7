package session

import (
	"io"
	"os"
	"os/exec"
	"runtime"
	"testing"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
	"github.com/rstwatch/rstwatch/scenario/sandbox/sandboxtest"
)

// spinVar makes this test binary a process that keeps a CPU busy.
const spinVar = "RSTWATCH_TEST_SPIN"

func TestMain(m *testing.M) {
	if os.Getenv(spinVar) != "" {
		spin()
		return
	}
	if lab.Hook() {
		return
	}
	os.Exit(testMain(m))
}

// spin computes until standard input ends, and so never outlives the test.
func spin() {
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	for {
		runtime.Gosched()
	}
}

// busy keeps every CPU busy with processes of the test's own until it is over.
func busy(tb testing.TB) {
	tb.Helper()
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	for range runtime.NumCPU() {
		cmd := exec.Command(self)
		cmd.Env = append(cmd.Environ(), spinVar+"=1")
		stdin, err := cmd.StdinPipe()
		if err != nil {
			tb.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() {
			stdin.Close()
			if err := cmd.Wait(); err != nil {
				tb.Error(err)
			}
		})
	}
}

func needSandbox(tb testing.TB) {
	tb.Helper()
	if missing := sandboxtest.Missing(); missing != "" {
		tb.Skip("needs " + missing)
	}
}

// both are the families that the tests go through.
func both() []scenario.Family { return []scenario.Family{scenario.IPv4, scenario.IPv6} }

// open opens a session that the test closes.
func open(tb testing.TB, o Options) *Session {
	tb.Helper()
	needSandbox(tb)
	if o.Families == nil {
		o.Families = both()
	}
	s, err := Open(tb.Context(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error("Close:", err)
		}
	})
	return s
}
