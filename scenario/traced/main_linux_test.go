//go:build amd64 || arm64

package traced

import (
	"fmt"
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// part is the environment variable that makes this test binary play a program
// that is to be traced, or one that traces it.
const part = "TRACED_TEST_PART"

// aside is the environment variable that makes this test binary call Hook on
// another thread than the process's first.
const aside = "TRACED_TEST_ASIDE"

func TestMain(m *testing.M) {
	if os.Getenv(aside) != "" {
		onOtherThread(func() { Hook() })
	}
	if Hook() {
		return
	}
	if p := os.Getenv(part); p != "" {
		os.Exit(play(p))
	}
	os.Exit(m.Run())
}

func play(p string) int {
	do := parts[p]
	if do == nil {
		fmt.Fprintln(os.Stderr, "no part", p)
		return 2
	}
	return do()
}

// onOtherThread calls do on a thread that is not the process's first.
func onOtherThread(do func()) {
	runtime.LockOSThread() // if this is the first, nothing else runs on it
	defer runtime.UnlockOSThread()
	if unix.Gettid() != unix.Getpid() {
		do()
		return
	}
	done := make(chan bool)
	go func() {
		defer close(done)
		do()
	}()
	<-done
}
