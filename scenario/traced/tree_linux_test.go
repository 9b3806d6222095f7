//go:build amd64 || arm64

package traced

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestOtherThread: the thread that becomes the program need not be the first of
// its process, which then vanishes without a word.
func TestOtherThread(t *testing.T) {
	env := append(os.Environ(), aside+"=1")
	if r := command(t, env, "sh", "-c", "exit 6"); r.Code != 6 {
		t.Errorf("exit code %d", r.Code)
	}
}

// TestExecOfThread: nor need one of the program's own that becomes another.
func TestExecOfThread(t *testing.T) {
	check(t, traced(t, "execs"), "server listen", "client dial", "server accept", "server close", "client close", "server close")
}

// execs makes connections and, on another thread, becomes a program that knows
// nothing of them.
func execs() int {
	_, _, err := both()
	if err != nil {
		return told(err)
	}
	onOtherThread(func() { err = syscall.Exec("/bin/sh", []string{"sh", "-c", "exit 0"}, nil) })
	return told(err)
}

// TestChurn: threads and processes end while they start others, are killed while
// they do, and become other programs meanwhile; all are followed to their end.
func TestChurn(t *testing.T) {
	if r := traced(t, "churn"); r.Code != 0 {
		t.Errorf("exit code %d", r.Code)
	}
}

// rounds is how many processes churn starts, of each kind.
const rounds = 40

func churn() int {
	self, err := os.Executable()
	if err != nil {
		return told(err)
	}
	var wait sync.WaitGroup
	code := 0
	for _, how := range []string{"exit", "exec", "kill"} {
		wait.Go(func() {
			for n := range rounds {
				cmd := exec.Command(self)
				cmd.Env = []string{part + "=unrest", unrestVar + "=" + how + strconv.Itoa(n)}
				if err := cmd.Run(); how != "kill" && err != nil {
					code |= told(fmt.Errorf("%s: %w", how, err))
				}
			}
		})
	}
	wait.Wait()
	return code
}

// unrestVar names how unrest ends, and after how many threads.
const unrestVar = "TRACED_TEST_UNREST"

// unrest starts processes and threads from several threads, and ends amidst them.
func unrest() int {
	how, spins := os.Getenv(unrestVar)[:4], 0
	fmt.Sscan(os.Getenv(unrestVar)[4:], &spins)
	started := make(chan bool)
	for range 2 {
		go func() {
			for {
				go runtime.LockOSThread() // a thread that ends with its goroutine
				cmd := exec.Command("/bin/true")
				if cmd.Start() == nil {
					go cmd.Wait()
				}
				started <- true
			}
		}()
	}
	for range 1 + spins%7 {
		<-started
	}
	for range spins * 1000 { // to end at another point each time
		runtime.KeepAlive(&spins)
	}
	switch how {
	case "exec":
		onOtherThread(func() { _ = syscall.Exec("/bin/true", []string{"true"}, nil) })
		return 1
	case "kill":
		return told(unix.Kill(os.Getpid(), unix.SIGKILL))
	}
	return 0
}
