package sandbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"

	"golang.org/x/sys/unix"
)

// Run runs this program again, with the same standard input and output, in a
// user and network namespace of its own, waits for it, and returns its exit
// code: 128 and the signal's number if a signal ended it. The network has
// nothing but a loopback interface that is down: see [Up].
//
// While the child runs, SIGTERM and SIGHUP are passed on to it, and so are
// SIGINT and SIGQUIT where the terminal has not sent them to both already (but
// see Options.Prompt); none of them ends this process. The child dies with this process, however that
// ends.
//
// The error is [ErrForbidden] where namespaces can not be made. That they were
// made and grant nothing is seen by the child, in [Up].
func Run(o Options) (code int, err error) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, relayed(o.Prompt)...)
	defer signal.Stop(signals)

	c, err := start(o, func(cmd *exec.Cmd) {
		cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = os.Stdin, os.Stdout, os.Stderr, o.Files
		if o.Stdin != nil {
			cmd.Stdin = o.Stdin
		}
	})
	if err != nil {
		return 0, err
	}
	relaying := make(chan struct{})
	go func() {
		defer close(relaying)
		// The error is os.ErrProcessDone, which Wait is about to see.
		send := func(s os.Signal) { _ = c.Signal(s) }
		relay(send, signals, c.ended, func() bool { return !o.Prompt && foreground() })
	}()
	code, err = c.Wait()
	<-relaying
	return code, err
}

// A child is this program, about to be started in namespaces of its own.
type child struct {
	*exec.Cmd
	program *program
}

// command prepares the child that o asks for, in both namespaces.
func command(o Options) (*child, error) {
	ids, err := identity(o.UID, o.GID)
	if err != nil {
		return nil, err
	}
	entry, err := makeBadge()
	if err != nil {
		return nil, err
	}
	program, err := openProgram(ids.uid)
	if err != nil {
		return nil, err
	}
	args := o.Args
	if args == nil {
		args = os.Args[1:]
	}
	cmd := exec.Command(program.path, args...)
	cmd.Args[0] = os.Args[0]
	cmd.Env = append(append(os.Environ(), o.Env...), entry)
	cmd.SysProcAttr = ids.attributes(unix.CLONE_NEWUSER | unix.CLONE_NEWNET)
	return &child{cmd, program}, nil
}

// start starts the child. Its error is ErrForbidden where it was the
// namespaces that could not be made.
func (c *child) start() error {
	restore := makeDumpable()
	err := c.Start()
	restore()
	switch {
	case err == nil:
		return nil
	case forbids(err):
		return fmt.Errorf("sandbox: %w: %w%s", ErrForbidden, reason(err), advice(readSysctl))
	}
	return fmt.Errorf("sandbox: start the child: %w", err)
}

func (c *child) release() { c.program.close() }

// forbids reports whether err is one of clone(2)'s for namespaces that may not
// be made: EINVAL is a kernel without user namespaces, EUSERS their nesting
// limit before Linux 4.9.
func forbids(err error) bool {
	for _, errno := range []error{unix.EPERM, unix.ENOSPC, unix.ENOSYS, unix.EINVAL, unix.EUSERS} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}

// reason strips "fork/exec /proc/self/exe", which would mislead here, from err.
func reason(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// makeDumpable lets this process write its child's id maps where it was
// started with file capabilities: the kernel then gives its /proc files to
// root (proc(5), PR_SET_DUMPABLE). Another process still can not trace this
// one, for it would need the same capabilities. A process that has none, as
// after GiveUpRoot, is left as it is: it may hold handles worth guarding. What
// it returns undoes it.
func makeDumpable() (restore func()) {
	was, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	if err != nil || was == 1 || !permitted(unix.CAP_NET_RAW) {
		return func() {}
	}
	if unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0) != nil {
		return func() {}
	}
	// The kernel refuses 2, "readable by root only"; 0 guards as well.
	return func() { _ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0) }
}
