package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"
)

// Children that run side by side have networks of their own, and are heard,
// told and waited for one by one.
func TestStartSideBySide(t *testing.T) {
	needSandbox(t)
	own, err := netNamespace()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[uint64]bool{own: true}
	var children []*Child
	var said [3]bytes.Buffer
	for i := range said {
		c, answer := startBeside(t, &said[i])
		var inode uint64
		if _, err := fmt.Fscanln(answer, &inode); err != nil {
			t.Fatalf("child %d: %v", i, err)
		}
		if seen[inode] {
			t.Errorf("child %d has the network of another", i)
		}
		seen[inode] = true
		children = append(children, c)
	}
	for i, c := range children {
		if err := c.Signal(syscall.SIGTERM); err != nil {
			t.Errorf("child %d: %v", i, err)
		}
		if code, err := c.Wait(); code != 8 || err != nil {
			t.Errorf("child %d ended with %d, %v", i, code, err)
		}
		if text := said[i].String(); text != "ended by a signal\n" {
			t.Errorf("child %d said %q", i, text)
		}
		if err := c.Signal(syscall.SIGTERM); !errors.Is(err, os.ErrProcessDone) {
			t.Errorf("child %d has ended and took a signal: %v", i, err)
		}
	}
}

// startBeside starts a child of the part "beside"; on answer it says where it
// is.
func startBeside(t *testing.T, said *bytes.Buffer) (c *Child, answer *os.File) {
	t.Helper()
	answer, theirs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Close() })
	// What never comes shall fail the test, not hang it.
	if err := answer.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	c, err = Start(Options{UID: -1, GID: -1, Env: []string{role + "=beside"}, Stderr: said, Files: []*os.File{theirs}})
	theirs.Close()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Signal(syscall.SIGKILL) // it has ended, if all is well
		_, _ = c.Wait()
	})
	return c, answer
}

// What can not be started is told at once.
func TestStartRefused(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("needs an ordinary user: root may become anyone")
	}
	if _, err := Start(Options{UID: os.Geteuid() + 1, GID: os.Getegid() + 1}); !errors.Is(err, syscall.EPERM) {
		t.Errorf("%v, want EPERM", err)
	}
}
