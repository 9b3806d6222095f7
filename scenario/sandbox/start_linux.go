package sandbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// Child is a sandbox that [Start] has started.
type Child struct {
	cmd   *child
	ended chan struct{} // closed when code and err are known
	code  int
	err   error
}

// Start runs this program again as [Run] does, and does not wait for it. The
// child has no standard input and output, and no signal is passed on to it; it
// dies with this process, however that ends. Any number of children may run
// side by side, but one goroutine alone may start them.
func Start(o Options) (*Child, error) {
	return start(o, func(cmd *exec.Cmd) { cmd.Stderr, cmd.ExtraFiles = o.Stderr, o.Files })
}

func start(o Options, connect func(*exec.Cmd)) (*Child, error) {
	cmd, err := command(o)
	if err != nil {
		return nil, err
	}
	connect(cmd.Cmd)
	c := &Child{cmd: cmd, ended: make(chan struct{})}
	started := make(chan error)
	go c.attend(started)
	if err := <-started; err != nil {
		return nil, err
	}
	if o.Started != nil {
		o.Started(c.cmd.Process.Pid)
	}
	return c, nil
}

// attend starts the child and waits for its end, in one thread: the kernel
// sends Pdeathsig when the *thread* that forked ends (prctl(2)).
func (c *Child) attend(started chan<- error) {
	defer c.cmd.release()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := c.cmd.start()
	started <- err
	if err == nil {
		c.code, c.err = c.cmd.wait()
		close(c.ended)
	}
}

// Wait waits for the child's end and returns its exit code, as [Run] does.
func (c *Child) Wait() (code int, err error) {
	<-c.ended
	return c.code, c.err
}

// Signal sends the child a signal. The error is os.ErrProcessDone if it has
// ended.
func (c *Child) Signal(s os.Signal) error { return c.cmd.Process.Signal(s) }

func (c *child) wait() (code int, err error) {
	err = c.Wait()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return 0, fmt.Errorf("sandbox: wait for the child: %w", err)
	}
	status := c.ProcessState.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return status.ExitStatus(), nil
}
