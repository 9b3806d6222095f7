package sandbox

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// started starts an actor that counts signals and returns once it is ready:
// its output, and the process id of the sandbox.
func started(t *testing.T, cmd *exec.Cmd) (out *bufio.Reader, child int) {
	t.Helper()
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	// What never comes shall fail the test, not hang it.
	if err := pipe.(*os.File).SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	out = bufio.NewReader(pipe)
	line, err := out.ReadString('\n')
	if _, err2 := fmt.Sscanf(line, "ready %d", &child); err2 != nil {
		t.Fatalf("%q: %v", line, errors.Join(err, err2))
	}
	return out, child
}

// ends waits for the actor and checks its exit code.
func ends(t *testing.T, cmd *exec.Cmd, want int) {
	t.Helper()
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != want {
		t.Errorf("%v, want exit status %d", err, want)
	}
}

// A signal for the parent alone reaches the child, once.
func TestSignalsReachChild(t *testing.T) {
	needSandbox(t)
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGHUP} {
		t.Run(s.String(), func(t *testing.T) {
			cmd := actor(t, "signals")
			cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // no terminal
			out, _ := started(t, cmd)
			if err := cmd.Process.Signal(s); err != nil {
				t.Fatal(err)
			}
			if line, err := out.ReadString('\n'); line != "got "+s.String()+"\n" {
				t.Errorf("%q, %v", line, err)
			}
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			ends(t, cmd, 101)
		})
	}
}

// Ctrl-C reaches the child from the terminal, and not a second time from its
// parent; a kill -INT of the parent in the foreground reaches it all the same.
func TestSignalsAtTerminal(t *testing.T) {
	needSandbox(t)
	master, slave := terminal(t)
	cmd := actor(t, "signals")
	cmd.Stdin = slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	out, _ := started(t, cmd)
	if _, err := master.WriteString("\x03"); err != nil {
		t.Fatal(err)
	}
	if line, err := out.ReadString('\n'); line != "got interrupt\n" {
		t.Fatalf("%q, %v", line, err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	ends(t, cmd, 101)

	cmd = actor(t, "signals")
	cmd.Stdin = slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	out, _ = started(t, cmd)
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if line, err := out.ReadString('\n'); line != "got interrupt\n" {
		t.Fatalf("%q, %v", line, err)
	}
}

// terminal opens a pseudo-terminal (pty(7)).
func terminal(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("needs a pseudo-terminal: ", err)
	}
	t.Cleanup(func() { master.Close() })
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("needs a pseudo-terminal: ", err)
	}
	t.Cleanup(func() { slave.Close() })
	return master, slave
}

// A killed parent takes its child along, whoever they are.
func TestNoOrphan(t *testing.T) {
	needSandbox(t)
	for _, env := range []string{"", "SUDO_UID=65534 SUDO_GID=65534"} {
		t.Run(env, func(t *testing.T) {
			if env != "" {
				needRoot(t)
			}
			cmd := actor(t, "signals")
			cmd.Env = append(cmd.Env, strings.Fields(env)...)
			_, child := started(t, cmd)
			pidfd, err := unix.PidfdOpen(child, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer unix.Close(pidfd)
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			// A pidfd is readable once its process has ended.
			fds := []unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}
			if n, err := pollAgain(fds, time.Minute); n != 1 {
				t.Errorf("the child lives on: %v", err)
				unix.PidfdSendSignal(pidfd, unix.SIGKILL, nil, 0)
			}
		})
	}
}

// pollAgain is poll that a signal does not end.
func pollAgain(fds []unix.PollFd, wait time.Duration) (int, error) {
	for {
		n, err := unix.Poll(fds, int(wait.Milliseconds()))
		if !errors.Is(err, unix.EINTR) {
			return n, err
		}
	}
}
