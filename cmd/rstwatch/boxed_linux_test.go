package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/vishvananda/netlink"

	"github.com/rstwatch/rstwatch/scenario/sandbox"
)

// helperPrograms are programs that scripts run beside rstwatch.
func helperPrograms() map[string]func() {
	return map[string]func(){
		"resets":       func() { os.Exit(resets(os.Args[1:])) },
		"counts":       counts,
		"spins":        spins,
		"boxed":        func() { os.Exit(boxed(func(*exec.Cmd) error { return nil })) },
		"lo-fails":     func() { os.Exit(boxed(setLoopbackDown)) },
		"unprivileged": unprivileged,
		"ontty":        onTTY,
		"slow":         func() { program(slowStories()) },
		"wild":         func() { program(wildStories()) },
	}
}

// boxed runs the program and the arguments that it was given in a private
// namespace, where it has the right to capture, lets meanwhile happen while the
// program runs, and returns its exit code.
func boxed(meanwhile func(*exec.Cmd) error) int {
	code, err := 0, error(nil)
	if sandbox.Inside() {
		code, err = runBoxed(meanwhile)
	} else {
		code, err = sandbox.Run(sandbox.Options{UID: -1, GID: -1})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "boxed:", err)
		return 99
	}
	return code
}

func runBoxed(meanwhile func(*exec.Cmd) error) (int, error) {
	if err := sandbox.Up(); err != nil {
		return 0, err
	}
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	failed := meanwhile(cmd)
	err := cmd.Wait()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		err = nil
	}
	return exitCode(cmd.ProcessState), errors.Join(failed, err)
}

// setLoopbackDown sets this namespace's lo down once there is a connection.
func setLoopbackDown(cmd *exec.Cmd) error {
	if err := until(func() bool { return established(cmd.Process.Pid, 0) }); err != nil {
		return fmt.Errorf("wait for a connection: %w", err)
	}
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	return netlink.LinkSetDown(lo)
}
